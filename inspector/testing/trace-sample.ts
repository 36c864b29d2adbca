import type { Attributes, Resource, Span, SpanEvent, SpanKind, SpanLink, SpanStatus } from '../span'

/** What a test says of a span; times are milliseconds from the sample's start. */
export interface SpanSketch {
  readonly id: string
  readonly parent?: string
  readonly service?: string
  readonly name?: string
  readonly kind?: SpanKind
  readonly from?: number
  readonly to?: number
  readonly attributes?: Attributes
  readonly events?: readonly SpanEvent[]
  readonly links?: readonly SpanLink[]
  readonly status?: SpanStatus
}

export const SAMPLE_TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

/** 2026-01-12 09:30:00 UTC. */
export const SAMPLE_START_MS = 1_768_210_200_000

const resources = new Map<string, Resource>()

/** A span of the sample trace; `id` and `parent` may be short, they are padded to 16 hex digits. */
export function aSpan(sketch: SpanSketch, traceId = SAMPLE_TRACE_ID): Span {
  const {
    id,
    parent,
    service = 'api_gateway',
    name = 'work',
    kind = 'internal',
    from = 0,
    to = from,
  } = sketch
  return {
    traceId,
    spanId: toSpanId(id),
    ...(parent !== undefined && { parentSpanId: toSpanId(parent) }),
    name,
    kind,
    startNano: toNano(from),
    endNano: toNano(to),
    attributes: sketch.attributes ?? {},
    events: sketch.events ?? [],
    links: sketch.links ?? [],
    status: sketch.status ?? { code: 'unset' },
    resource: resourceOf(service),
    scope: { name: 'dataprime-mesh' },
  }
}

export function toSpanId(id: string): string {
  return id.padStart(16, '0')
}

export function toNano(offsetMs: number): bigint {
  return BigInt(SAMPLE_START_MS) * 1_000_000n + BigInt(Math.round(offsetMs * 1e6))
}

function resourceOf(serviceName: string): Resource {
  const known = resources.get(serviceName)
  if (known !== undefined) return known
  const resource = {
    serviceName,
    attributes: { 'service.name': serviceName, 'service.namespace': 'dataprime_mesh' },
  }
  resources.set(serviceName, resource)
  return resource
}

const OK_RESPONSE = { 'http.response.status_code': 200 }

/** The request part of a question: gateway, query, validation and queue service. */
export function requestSpans(): Span[] {
  return [
    aSpan({
      id: '1',
      name: 'api_gateway.generate_query_pipeline',
      kind: 'server',
      from: 0,
      to: 11.8,
      attributes: { 'http.request.method': 'POST', 'http.route': '/api/generate-query', ...OK_RESPONSE },
    }),
    aSpan({ id: '2', parent: '1', name: 'api_gateway.call_query_service', from: 0.6, to: 4.9 }),
    ...httpCall('3', '2', 'POST /generate', 'api_gateway', 'query_service', 0.9, 4.7),
    aSpan({
      id: '5',
      parent: '4',
      service: 'query_service',
      name: 'query_service.generate_dataprime_query',
      from: 1.6,
      to: 4.1,
    }),
    aSpan({
      id: '6',
      parent: '5',
      service: 'query_service',
      name: 'query_service.classify_intent',
      from: 1.7,
      to: 2.1,
      attributes: { 'intent.type': 'error_analysis', 'intent.confidence': 0.92 },
    }),
    aSpan({
      id: '7',
      parent: '5',
      service: 'query_service',
      name: 'query_service.embedded_generation',
      from: 2.2,
      to: 4.0,
    }),
    aSpan({ id: '8', parent: '1', name: 'api_gateway.call_validation_service', from: 5, to: 7.8 }),
    ...httpCall('9', '8', 'POST /validate', 'api_gateway', 'validation_service', 5.2, 7.7),
    aSpan({
      id: 'b',
      parent: 'a',
      service: 'validation_service',
      name: 'validation_service.validate_dataprime_query',
      from: 5.8,
      to: 7.2,
      attributes: { 'validation.is_valid': true, 'validation.score': 1 },
    }),
    aSpan({
      id: 'c',
      parent: 'b',
      service: 'validation_service',
      name: 'validation_service.syntax_analysis',
      from: 5.9,
      to: 6.5,
    }),
    aSpan({
      id: 'd',
      parent: 'b',
      service: 'validation_service',
      name: 'validation_service.enhancement_suggestions',
      from: 6.6,
      to: 7.1,
    }),
    aSpan({ id: 'e', parent: '1', name: 'api_gateway.enqueue_processing', from: 7.9, to: 11.5 }),
    ...httpCall('f', 'e', 'POST /enqueue', 'api_gateway', 'queue_service', 8.1, 11.4),
    aSpan({
      id: '11',
      parent: '10',
      service: 'queue_service',
      name: 'queue_service.enqueue_message',
      from: 8.7,
      to: 11,
    }),
    aSpan({
      id: '12',
      parent: '11',
      service: 'queue_service',
      name: 'queue_service.add_to_queue',
      kind: 'producer',
      from: 8.8,
      to: 10.9,
      attributes: { 'messaging.destination.name': 'processing.jobs' },
    }),
  ]
}

/** The background part: a worker takes the message 42 ms later, the result lands in SQLite. */
export function backgroundSpans(): Span[] {
  return [
    aSpan({
      id: '13',
      parent: '12',
      service: 'queue_service',
      name: 'queue_service.process_background_message',
      kind: 'consumer',
      from: 52.9,
      to: 70.2,
      attributes: { 'messaging.destination.name': 'processing.jobs', 'mesh.message.attempt': 1 },
      links: [{ traceId: SAMPLE_TRACE_ID, spanId: toSpanId('12'), attributes: {} }],
    }),
    ...httpCall('14', '13', 'POST /process', 'queue_service', 'processing_service', 53.3, 69.8),
    aSpan({
      id: '16',
      parent: '15',
      service: 'processing_service',
      name: 'processing_service.process_query_data',
      from: 54.2,
      to: 69,
    }),
    aSpan({
      id: '17',
      parent: '16',
      service: 'processing_service',
      name: 'processing_service.analyze_complexity',
      from: 54.3,
      to: 55.6,
      attributes: { 'complexity.level': 'medium' },
    }),
    aSpan({
      id: '18',
      parent: '16',
      service: 'processing_service',
      name: 'processing_service.generate_insights',
      from: 55.7,
      to: 57.2,
    }),
    aSpan({
      id: '19',
      parent: '16',
      service: 'processing_service',
      name: 'processing_service.transform_data',
      from: 57.3,
      to: 58.4,
    }),
    aSpan({
      id: '1a',
      parent: '16',
      service: 'processing_service',
      name: 'processing_service.store_insights',
      from: 58.5,
      to: 68.8,
    }),
    ...httpCall('1b', '1a', 'POST /processing-data', 'processing_service', 'storage_service', 58.8, 68.6),
    aSpan({
      id: '1d',
      parent: '1c',
      service: 'storage_service',
      name: 'storage_service.store_processing_data',
      from: 59.6,
      to: 67.9,
    }),
    aSpan({
      id: '1e',
      parent: '1d',
      service: 'storage_service',
      name: 'INSERT processing_results',
      kind: 'client',
      from: 61,
      to: 67.6,
      attributes: { 'db.system.name': 'sqlite', 'db.query.summary': 'INSERT processing_results' },
    }),
  ]
}

/** A client span with its server span, which takes the next id and starts and ends 0.3 ms inside. */
export function httpCall(
  id: string,
  parent: string,
  name: string,
  from: string,
  to: string,
  startMs: number,
  endMs: number,
): Span[] {
  const serverId = (Number.parseInt(id, 16) + 1).toString(16)
  return [
    aSpan({
      id,
      parent,
      service: from,
      name: 'POST',
      kind: 'client',
      from: startMs,
      to: endMs,
      attributes: OK_RESPONSE,
    }),
    aSpan({
      id: serverId,
      parent: id,
      service: to,
      name,
      kind: 'server',
      from: startMs + 0.3,
      to: endMs - 0.3,
      attributes: OK_RESPONSE,
    }),
  ]
}

/** One question from the gateway to SQLite, in the order in which exporters send it: children first. */
export function meshTrace(): Span[] {
  return [...requestSpans(), ...backgroundSpans()].reverse()
}
