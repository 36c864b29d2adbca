export { type BoundCounter, bindCounter } from './bound-counter'
export { type TelemetryConfig, telemetryConfigSchema } from './config'
export { isUntracedRequest } from './http-spans'
export { OWN_INSTANCE_ID, ownServiceName } from './identity'
export { createLogger, type Logger } from './logger'
export { createGauge, createHistogram, ownMeter } from './metrics'
export {
  ATTR,
  ATTRIBUTES,
  type AttributeEntry,
  METRICS,
  type MetricEntry,
  ROOT_SPANS,
  SPANS,
} from './names'
export { encodePathway, NO_HASH, PATHWAY_HEADER, type Pathway, readPathway } from './pathway-codec'
export { pathwayOf, withPathway } from './pathway-context'
export { capturesMessageContent, shortenQuestion } from './question-excerpt'
export { type ExportStatus, failingExporters, observeExportStatus, telemetryRuntime } from './runtime'
export { activeTraceId, recordFailure, type SpanOptions, traceIdOf, withSpan, withSpanSync } from './span'
