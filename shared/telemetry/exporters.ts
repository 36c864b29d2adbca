import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace'
import { reachableHost } from '#shared/config'
import type { TelemetryConfig } from './config'
import { OutageReportingExporter } from './outage-reporting-exporter'

/** The exporters the environment asks for: the OTLP one (by default to the local inspector), and Coralogix. */
export function createExporters(config: TelemetryConfig): SpanExporter[] {
  const names = config.OTEL_TRACES_EXPORTER.split(',').map((name) => name.trim())
  if (names.includes('none')) return []
  const exporters: SpanExporter[] = []
  if (names.includes('console')) exporters.push(new ConsoleSpanExporter())
  if (names.includes('otlp')) exporters.push(createOtlpExporter(config))
  if (config.CX_TOKEN !== undefined) exporters.push(createCoralogixExporter(config, config.CX_TOKEN))
  return exporters
}

function createOtlpExporter(config: TelemetryConfig): SpanExporter {
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint !== undefined) return new OutageReportingExporter(endpoint, createByProtocol(config))
  const url = `http://${reachableHost(config.HOST)}:${config.INSPECTOR_PORT}/v1/traces`
  return new OutageReportingExporter(url, new OTLPTraceExporter({ url, ...exportTimeout(config) }))
}

/**
 * The exporter of the protocol that the environment names; endpoint and headers it reads from there itself.
 * The two rarer ones are loaded only when asked for, because loading gRPC costs a service's start 100 ms.
 */
function createByProtocol(config: TelemetryConfig): SpanExporter {
  const options = exportTimeout(config)
  switch (config.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? config.OTEL_EXPORTER_OTLP_PROTOCOL) {
    case 'grpc': {
      const { OTLPTraceExporter: Grpc } =
        require('@opentelemetry/exporter-trace-otlp-grpc') as typeof import('@opentelemetry/exporter-trace-otlp-grpc')
      return new Grpc(options)
    }
    case 'http/protobuf': {
      const { OTLPTraceExporter: Protobuf } =
        require('@opentelemetry/exporter-trace-otlp-proto') as typeof import('@opentelemetry/exporter-trace-otlp-proto')
      return new Protobuf(options)
    }
    default:
      return new OTLPTraceExporter(options)
  }
}

/** Coralogix takes OTLP/HTTP at its ingress host: https://coralogix.com/docs/opentelemetry/ */
function createCoralogixExporter(config: TelemetryConfig, token: string): SpanExporter {
  const url = config.CX_ENDPOINT ?? `https://ingress.${config.CX_DOMAIN}:443/v1/traces`
  return new OutageReportingExporter(
    url,
    new OTLPTraceExporter({
      url,
      headers: { Authorization: `Bearer ${token}` },
      ...exportTimeout(config),
    }),
  )
}

/** What the environment says about the timeout the exporters read themselves, and an option would win over it. */
function exportTimeout(config: TelemetryConfig): { readonly timeoutMillis?: number } {
  const isSet = config.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? config.OTEL_EXPORTER_OTLP_TIMEOUT
  return isSet === undefined ? { timeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT } : {}
}
