import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { type ExportStatus, reportExportStatus } from './runtime'

type OnResult = (result: ExportResult) => void

/**
 * Tells once when an exporter starts to fail and once when it works again. No collector is a normal state of
 * a developer's machine, so it must neither fill the log nor reach a request.
 */
export class OutageReportingExporter implements SpanExporter {
  constructor(
    private readonly name: string,
    private readonly exporter: SpanExporter,
  ) {}

  export(spans: ReadableSpan[], onResult: OnResult): void {
    this.exporter.export(spans, toReporting('traces', this.name, onResult))
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve()
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown()
  }
}

/** The same for metrics that are pushed. */
export class OutageReportingMetricExporter implements PushMetricExporter {
  readonly selectAggregation: PushMetricExporter['selectAggregation']
  readonly selectAggregationTemporality: PushMetricExporter['selectAggregationTemporality']

  constructor(
    private readonly name: string,
    private readonly exporter: PushMetricExporter,
  ) {
    this.selectAggregation = exporter.selectAggregation?.bind(exporter)
    this.selectAggregationTemporality = exporter.selectAggregationTemporality?.bind(exporter)
  }

  export(metrics: ResourceMetrics, onResult: OnResult): void {
    this.exporter.export(metrics, toReporting('metrics', this.name, onResult))
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown()
  }
}

function toReporting(signal: ExportStatus['signal'], exporter: string, onResult: OnResult): OnResult {
  return (result) => {
    const failing = result.code !== ExportResultCode.SUCCESS
    const reason = result.error?.message
    reportExportStatus({ signal, exporter, failing, ...(reason !== undefined && { reason }) })
    onResult(result)
  }
}
