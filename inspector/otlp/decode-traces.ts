import {
  type Resource,
  type Scope,
  SPAN_KINDS,
  type Span,
  type SpanEvent,
  type SpanLink,
  type SpanStatus,
  STATUS_CODES,
} from '../span'
import { decodeAttributes } from './decode-value'
import type {
  WireEvent,
  WireLink,
  WireResourceSpans,
  WireScopeSpans,
  WireSpan,
  WireStatus,
  WireTraceRequest,
} from './wire'
import {
  MalformedFieldError,
  toEnum,
  toHexId,
  toList,
  toMessage,
  toNano,
  toOptionalHexId,
  toText,
} from './wire-fields'

/** Why one span of a request was refused. */
export interface RejectedSpan {
  /** Where it stood, such as `resourceSpans[0].scopeSpans[1].spans[7]`. */
  readonly path: string
  readonly reason: string
}

export interface DecodedTraces {
  readonly spans: readonly Span[]
  readonly rejected: readonly RejectedSpan[]
}

const UNKNOWN_SERVICE = 'unknown_service'

/**
 * The spans of an OTLP trace request. A malformed span is rejected alone and the others are kept; unknown
 * fields are ignored, as OTLP demands of a receiver. Everything is decoded at once: it costs less than parsing
 * the JSON did, the decoded form is the smaller one to keep, and the sender is told of a bad attribute.
 *
 * @throws MalformedFieldError when the envelope around the spans cannot be read
 */
export function decodeTraces(body: unknown): DecodedTraces {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MalformedFieldError('the body is not an ExportTraceServiceRequest object')
  }
  const spans: Span[] = []
  const rejected: RejectedSpan[] = []
  for (const [index, group] of toList((body as WireTraceRequest).resourceSpans, 'resourceSpans').entries()) {
    decodeResourceSpans(group, `resourceSpans[${index}]`, spans, rejected)
  }
  return { spans, rejected }
}

function decodeResourceSpans(value: unknown, path: string, spans: Span[], rejected: RejectedSpan[]): void {
  const group = toMessage<WireResourceSpans>(value, path)
  const resource = attempt(() => decodeResource(group.resource))
  for (const [index, member] of toList(group.scopeSpans, `${path}.scopeSpans`).entries()) {
    const scopePath = `${path}.scopeSpans[${index}]`
    const scopeSpans = toMessage<WireScopeSpans>(member, scopePath)
    const scope = attempt(() => decodeScope(scopeSpans.scope))
    for (const [position, wireSpan] of toList(scopeSpans.spans, `${scopePath}.spans`).entries()) {
      const span = attempt(() => decodeSpan(wireSpan, unlessMalformed(resource), unlessMalformed(scope)))
      if (span instanceof MalformedFieldError) {
        rejected.push({ path: `${scopePath}.spans[${position}]`, reason: span.message })
      } else {
        spans.push(span)
      }
    }
  }
}

function attempt<Decoded>(decode: () => Decoded): Decoded | MalformedFieldError {
  try {
    return decode()
  } catch (error) {
    if (error instanceof MalformedFieldError) return error
    throw error
  }
}

function unlessMalformed<Decoded>(decoded: Decoded | MalformedFieldError): Decoded {
  if (decoded instanceof MalformedFieldError) throw decoded
  return decoded
}

function decodeResource(value: unknown): Resource {
  const { attributes: pairs } = toMessage<{ attributes?: unknown }>(value, 'resource')
  const attributes = decodeAttributes(pairs, 'the attributes of the resource')
  const serviceName = attributes['service.name']
  return {
    serviceName: typeof serviceName === 'string' && serviceName !== '' ? serviceName : UNKNOWN_SERVICE,
    attributes,
  }
}

function decodeScope(value: unknown): Scope {
  const scope = toMessage<{ name?: unknown; version?: unknown }>(value, 'scope')
  const version = toText(scope.version, 'version of the scope')
  return { name: toText(scope.name, 'name of the scope'), ...(version !== '' && { version }) }
}

function decodeSpan(value: unknown, resource: Resource, scope: Scope): Span {
  const span = toMessage<WireSpan>(value, 'span')
  const parentSpanId = toOptionalHexId(span.parentSpanId, 16, 'parentSpanId')
  const traceState = toText(span.traceState, 'traceState')
  return {
    traceId: toHexId(span.traceId, 32, 'traceId'),
    spanId: toHexId(span.spanId, 16, 'spanId'),
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(traceState !== '' && { traceState }),
    name: toText(span.name, 'name'),
    kind: toEnum(span.kind, SPAN_KINDS, 'kind'),
    startNano: toNano(span.startTimeUnixNano, 'startTimeUnixNano'),
    endNano: toNano(span.endTimeUnixNano, 'endTimeUnixNano'),
    attributes: decodeAttributes(span.attributes, 'attributes'),
    events: toList(span.events, 'events').map(decodeEvent),
    links: toList(span.links, 'links').map(decodeLink),
    status: decodeStatus(span.status),
    resource,
    scope,
  }
}

function decodeEvent(value: unknown): SpanEvent {
  const event = toMessage<WireEvent>(value, 'a member of events')
  return {
    name: toText(event.name, 'name of an event'),
    timeNano: toNano(event.timeUnixNano, 'timeUnixNano of an event'),
    attributes: decodeAttributes(event.attributes, 'the attributes of an event'),
  }
}

function decodeLink(value: unknown): SpanLink {
  const link = toMessage<WireLink>(value, 'a member of links')
  const traceId = toOptionalHexId(link.traceId, 32, 'traceId of a link')
  const spanId = toOptionalHexId(link.spanId, 16, 'spanId of a link')
  return {
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    attributes: decodeAttributes(link.attributes, 'the attributes of a link'),
  }
}

function decodeStatus(value: unknown): SpanStatus {
  const status = toMessage<WireStatus>(value, 'status')
  const message = toText(status.message, 'message of status')
  return { code: toEnum(status.code, STATUS_CODES, 'code of status'), ...(message !== '' && { message }) }
}
