/** Value of an attribute: an int64 beyond 2^53 and a non-finite double are text, bytes are base64. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

export type Attributes = Readonly<Record<string, AttributeValue>>

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const

export type SpanKind = (typeof SPAN_KINDS)[number]

export const STATUS_CODES = ['unset', 'ok', 'error'] as const

export interface SpanStatus {
  readonly code: (typeof STATUS_CODES)[number]
  readonly message?: string
}

export interface SpanEvent {
  readonly name: string
  readonly timeNano: bigint
  readonly attributes: Attributes
}

/** A link may carry attributes alone: OpenTelemetry records links to an empty span context too. */
export interface SpanLink {
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes: Attributes
}

/** Who emitted a span. Spans of one export share the object. */
export interface Resource {
  /** `service.name`, or `unknown_service` as the semantic conventions name a service without one. */
  readonly serviceName: string
  readonly attributes: Attributes
}

export interface Scope {
  readonly name: string
  readonly version?: string
}

/** A finished span as the inspector keeps it. Ids are lower-case hex, times are Unix nanoseconds. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  /** Absent on a root span. */
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly name: string
  readonly kind: SpanKind
  readonly startNano: bigint
  /** Never before `startNano` in a sane exporter; whoever subtracts the two must not rely on it. */
  readonly endNano: bigint
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  readonly status: SpanStatus
  readonly resource: Resource
  readonly scope: Scope
}
