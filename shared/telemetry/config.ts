import { z } from 'zod'
import { flag, milliseconds, port, wholeNumber } from '#shared/config'

const METRICS_EXPORTERS = /^\s*(?:none|(?:prometheus|otlp)(?:\s*,\s*(?:prometheus|otlp))*)\s*$/

/**
 * Variables of telemetry. `OTEL_*` keep the meaning the OpenTelemetry specification gives them; those not
 * listed here are read by the SDK itself.
 */
export const telemetryConfigSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  INSPECTOR_PORT: port(4318).describe(
    'Port of the local trace inspector; traces go there unless an OTLP endpoint is set.',
  ),
  CX_TOKEN: z.string().optional().describe('Coralogix Send-Your-Data API key; set it to export there too.'),
  CX_DOMAIN: z.string().default('eu2.coralogix.com').describe('Coralogix domain of the account.'),
  CX_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Whole OTLP traces URL to use instead of the one made from CX_DOMAIN.'),
  CX_APPLICATION_NAME: z
    .string()
    .default('ai-dataprime-enterprise')
    .describe('Coralogix application the telemetry belongs to.'),
  CX_SUBSYSTEM_NAME: z
    .string()
    .default('distributed-microservices')
    .describe('Coralogix subsystem the telemetry belongs to.'),
  DEPLOYMENT_ENVIRONMENT: z
    .string()
    .default('local')
    .describe('`deployment.environment.name` of all telemetry.'),
  OTEL_SERVICE_NAME: z
    .string()
    .optional()
    .describe('Overrides `service.name`; leave it unset in a whole mesh.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .optional()
    .describe(
      'OTLP base URL that traces, and metrics if pushed, are sent to instead of the local inspector.',
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .string()
    .optional()
    .describe('The same for traces alone, used as it is.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/json', 'http/protobuf', 'grpc'])
    .optional()
    .describe('OTLP protocol; `http/json` unless set.'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z
    .enum(['http/json', 'http/protobuf', 'grpc'])
    .optional()
    .describe('The same for traces alone.'),
  OTEL_TRACES_EXPORTER: z
    .string()
    .default('otlp')
    .describe('`otlp`, `console`, `none` or several separated by commas.'),
  OTEL_METRICS_EXPORTER: z
    .string()
    .regex(METRICS_EXPORTERS, 'expected prometheus, otlp, none, or the first two separated by a comma')
    .default('prometheus')
    .describe(
      '`prometheus` (pulled from `/metrics`), `otlp` (pushed), both separated by a comma, or `none`.',
    ),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: z
    .string()
    .optional()
    .describe('OTLP URL for metrics alone, used as it is.'),
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: z
    .enum(['http/json', 'http/protobuf', 'grpc'])
    .optional()
    .describe('OTLP protocol for metrics alone.'),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: z
    .enum(['cumulative', 'delta', 'lowmemory'])
    .optional()
    .describe('Whether pushed metrics count from the start or from the last push; `cumulative` unless set.'),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: z
    .enum(['base2_exponential_bucket_histogram', 'explicit_bucket_histogram'])
    .default('base2_exponential_bucket_histogram')
    .describe('Buckets of pushed histograms; those at `/metrics` are always explicit.'),
  OTEL_METRIC_EXPORT_INTERVAL: milliseconds(60_000).describe('Milliseconds between two pushes of metrics.'),
  OTEL_METRIC_EXPORT_TIMEOUT: milliseconds(30_000).describe('Milliseconds a push of metrics may take.'),
  OTEL_SDK_DISABLED: flag(false).describe('true runs the services without telemetry.'),
  OTEL_PROPAGATORS: z
    .string()
    .default('tracecontext,baggage')
    .describe('`tracecontext`, `baggage`, `b3`, `b3multi` separated by commas, or `none`.'),
  OTEL_EXPORTER_OTLP_TIMEOUT: z.string().optional().describe('Milliseconds an OTLP request may take.'),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: z.string().optional().describe('The same for traces alone.'),
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: z.string().optional().describe('The same for metrics alone.'),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(8_192).describe('Spans kept while they wait for export.'),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds(1_000).describe('Milliseconds between two exports.'),
  OTEL_BSP_EXPORT_TIMEOUT: milliseconds(5_000).describe('Milliseconds an export may take.'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(512).describe('Most spans in one export.'),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: z
    .stringbool()
    .optional()
    .describe(
      'true puts prompts and answers on spans; false also takes the question off them (`user.input.query`).',
    ),
})

export type TelemetryConfig = Readonly<z.output<typeof telemetryConfigSchema>>
