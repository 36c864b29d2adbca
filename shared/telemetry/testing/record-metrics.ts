import { type Attributes, metrics } from '@opentelemetry/api'
import { type IMetricReader, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'

/** A value of a metric: a number, or what a histogram has in its buckets. */
export interface RecordedPoint {
  readonly attributes: Attributes
  readonly value: unknown
}

/** Reads when it is asked. */
class ManualReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/**
 * Collects the metrics of this process from now on, besides with the readers given. Once in a test file.
 *
 * @returns reads a metric by its name
 */
export function recordMetrics(
  ...readers: readonly IMetricReader[]
): (name: string) => Promise<readonly RecordedPoint[]> {
  const reader = new ManualReader()
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader, ...readers] }))
  return async (name) => {
    const { resourceMetrics } = await reader.collect()
    return resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value })))
  }
}
