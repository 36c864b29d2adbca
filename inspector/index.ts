export { type InspectorConfig, inspectorConfigSchema } from './config'
export { createInspector, type Inspector, type RunningInspector, startInspector } from './server'
export type {
  Attributes,
  AttributeValue,
  Resource,
  Span,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanStatus,
} from './span'
export type { SpanJson, TraceJson } from './trace-json'
export type { TraceSummary } from './trace-summary'
export { buildTraceTree, type TraceNode, type TraceTree } from './trace-tree'
export { renderWaterfall, WATERFALL_WIDTH, type WaterfallOptions } from './waterfall'
