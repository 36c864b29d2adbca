/**
 * An OTLP `ExportTraceServiceRequest` in its JSON encoding, as far as the inspector reads it. Nothing in a
 * received body can be trusted, so every field is `unknown` until `decode-traces.ts` has looked at it. The
 * binary encoding is read into the same shape, with `bigint` for 64-bit numbers.
 */
export interface WireTraceRequest {
  readonly resourceSpans?: unknown
}

export interface WireResourceSpans {
  readonly resource?: unknown
  readonly scopeSpans?: unknown
}

export interface WireScopeSpans {
  readonly scope?: unknown
  readonly spans?: unknown
}

export interface WireSpan {
  readonly traceId?: unknown
  readonly spanId?: unknown
  readonly parentSpanId?: unknown
  readonly traceState?: unknown
  readonly name?: unknown
  readonly kind?: unknown
  readonly startTimeUnixNano?: unknown
  readonly endTimeUnixNano?: unknown
  readonly attributes?: unknown
  readonly events?: unknown
  readonly links?: unknown
  readonly status?: unknown
}

export interface WireEvent {
  readonly timeUnixNano?: unknown
  readonly name?: unknown
  readonly attributes?: unknown
}

export interface WireLink {
  readonly traceId?: unknown
  readonly spanId?: unknown
  readonly attributes?: unknown
}

export interface WireStatus {
  readonly code?: unknown
  readonly message?: unknown
}

export interface WireKeyValue {
  readonly key?: unknown
  readonly value?: unknown
}

export interface WireAnyValue {
  readonly stringValue?: unknown
  readonly boolValue?: unknown
  readonly intValue?: unknown
  readonly doubleValue?: unknown
  readonly arrayValue?: unknown
  readonly kvlistValue?: unknown
  readonly bytesValue?: unknown
}
