export { ATTR, ATTRIBUTES, ROOT_SPANS, SPANS } from './names'
export { activeTraceId, recordFailure, type SpanOptions, withSpan, withSpanSync } from './span'
