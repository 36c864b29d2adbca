import { OTLPMetricExporter, type OTLPMetricExporterOptions } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import {
  AggregationType,
  type IMetricReader,
  InstrumentType,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { reachableHost } from '#shared/config'
import type { TelemetryConfig } from './config'
import { OutageReportingMetricExporter } from './outage-reporting-exporter'

export interface MetricReaders {
  readonly all: readonly IMetricReader[]
  /** Answers `GET /metrics`; undefined when nobody is to pull metrics. */
  readonly prometheus: PrometheusExporter | undefined
}

/** The readers that `OTEL_METRICS_EXPORTER` names. */
export function createMetricReaders(config: TelemetryConfig): MetricReaders {
  const names = config.OTEL_METRICS_EXPORTER.split(',').map((name) => name.trim())
  const prometheus = names.includes('prometheus')
    ? new PrometheusExporter({ preventServerStart: true })
    : undefined
  const pushing = names.includes('otlp') ? [createPushingReader(config)] : []
  return { all: prometheus === undefined ? pushing : [prometheus, ...pushing], prometheus }
}

/** It pushes once more when it is shut down, so that the last interval of a process is not lost. */
function createPushingReader(config: TelemetryConfig): IMetricReader {
  return new PeriodicExportingMetricReader({
    exporter: createExporter(config),
    exportIntervalMillis: config.OTEL_METRIC_EXPORT_INTERVAL,
    // The SDK refuses a timeout above the interval.
    exportTimeoutMillis: Math.min(config.OTEL_METRIC_EXPORT_TIMEOUT, config.OTEL_METRIC_EXPORT_INTERVAL),
  })
}

function createExporter(config: TelemetryConfig): PushMetricExporter {
  const endpoint = config.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT
  const options = { aggregationPreference: aggregationOf(config), ...exportTimeout(config) }
  if (endpoint !== undefined) {
    return new OutageReportingMetricExporter(endpoint, createByProtocol(config, options))
  }
  const url = `http://${reachableHost(config.HOST)}:${config.INSPECTOR_PORT}/v1/metrics`
  return new OutageReportingMetricExporter(url, new OTLPMetricExporter({ ...options, url }))
}

/** Endpoint and headers are read from the environment by the exporter itself. */
function createByProtocol(config: TelemetryConfig, options: OTLPMetricExporterOptions): PushMetricExporter {
  switch (config.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? config.OTEL_EXPORTER_OTLP_PROTOCOL) {
    case 'grpc': {
      const { OTLPMetricExporter: Grpc } =
        require('@opentelemetry/exporter-metrics-otlp-grpc') as typeof import('@opentelemetry/exporter-metrics-otlp-grpc')
      return new Grpc(options)
    }
    case 'http/protobuf': {
      const { OTLPMetricExporter: Protobuf } =
        require('@opentelemetry/exporter-metrics-otlp-proto') as typeof import('@opentelemetry/exporter-metrics-otlp-proto')
      return new Protobuf(options)
    }
    default:
      return new OTLPMetricExporter(options)
  }
}

/**
 * Exponential histograms keep their relative error from microseconds to hours, which explicit buckets do not.
 * Only what is pushed can have them: the Prometheus exporter has no text for them.
 */
function aggregationOf(
  config: TelemetryConfig,
): NonNullable<OTLPMetricExporterOptions['aggregationPreference']> {
  const isExponential =
    config.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION === 'base2_exponential_bucket_histogram'
  return (instrumentType) =>
    isExponential && instrumentType === InstrumentType.HISTOGRAM
      ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
      : { type: AggregationType.DEFAULT }
}

/** As for spans: what the environment says the exporters read themselves, and an option would win over it. */
function exportTimeout(config: TelemetryConfig): { readonly timeoutMillis?: number } {
  const isSet = config.OTEL_EXPORTER_OTLP_METRICS_TIMEOUT ?? config.OTEL_EXPORTER_OTLP_TIMEOUT
  return isSet === undefined ? { timeoutMillis: config.OTEL_METRIC_EXPORT_TIMEOUT } : {}
}
