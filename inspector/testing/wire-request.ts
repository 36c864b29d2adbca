import { type Attributes, type AttributeValue, SPAN_KINDS, type Span, STATUS_CODES } from '../span'

/** Spans as the body that an SDK would send for them, one resource after the other. */
export function toWireRequest(spans: readonly Span[]): object {
  const byResource = Map.groupBy(spans, ({ resource }) => resource)
  return {
    resourceSpans: [...byResource].map(([resource, own]) => ({
      resource: { attributes: toPairs(resource.attributes), droppedAttributesCount: 0 },
      scopeSpans: [{ scope: own[0]?.scope, spans: own.map(toWireSpan) }],
    })),
  }
}

export function toWireSpan(span: Span): Record<string, unknown> {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: span.startNano.toString(),
    endTimeUnixNano: span.endNano.toString(),
    attributes: toPairs(span.attributes),
    droppedAttributesCount: 0,
    events: span.events.map(({ name, timeNano, attributes }) => ({
      name,
      timeUnixNano: timeNano.toString(),
      attributes: toPairs(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: toPairs(attributes),
    })),
    status: { code: STATUS_CODES.indexOf(span.status.code), message: span.status.message },
    flags: 257,
  }
}

function toPairs(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }))
}

function toAnyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
  return {}
}
