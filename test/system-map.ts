/**
 * What the mesh is, as its traces must show it. `test/mesh/trace.test.ts` proves both tables from spans that
 * left the processes: change the mesh and this file together.
 */
import type { ServiceKey } from '#shared/config'
import type { MeshEventType } from '#shared/contracts'
import { SPANS } from '#shared/telemetry'
import { KIND } from './support/otlp-receiver'

/** Who calls whom, and how. */
export type Edge<Process = ServiceKey | 'worker'> = readonly [
  caller: Process,
  callee: Process,
  by: 'http' | 'message',
]

/** Which service calls which, and how. */
export const EDGES: readonly Edge<ServiceKey>[] = [
  ['gateway', 'query', 'http'],
  ['gateway', 'validation', 'http'],
  ['gateway', 'queue', 'http'],
  // The worker that takes the message is the queue service itself.
  ['queue', 'queue', 'message'],
  ['queue', 'processing', 'http'],
  ['processing', 'storage', 'http'],
  ['processing', 'queue', 'http'],
  // Domain events.
  ['queue', 'storage', 'message'],
]

/** The same when a worker in a process of its own takes the message of the job. */
export const EDGES_WITH_WORKER: readonly Edge[] = EDGES.map(([caller, callee, by]) => {
  if (caller !== 'queue') return [caller, callee, by]
  if (by === 'http') return ['worker', callee, by]
  return [caller, callee === 'queue' ? 'worker' : callee, by]
})

export interface ExpectedSpan {
  readonly name: string
  /** The span it lies under; HTTP spans may lie between. Null for the root. */
  readonly under: string | null
  readonly service: string
  readonly kind: number
}

export const ROOT = 'api_gateway.generate_query_pipeline'

/** The spans of one answered question with the embedded engine, top down. */
export const PIPELINE: readonly ExpectedSpan[] = [
  { name: ROOT, under: null, service: 'api_gateway', kind: KIND.SERVER },
  span(SPANS.CALL_QUERY_SERVICE, ROOT),
  span(SPANS.GENERATE_QUERY, SPANS.CALL_QUERY_SERVICE),
  span(SPANS.CLASSIFY_INTENT, SPANS.GENERATE_QUERY),
  span(SPANS.EMBEDDED_GENERATION, SPANS.GENERATE_QUERY),
  span(SPANS.CALL_VALIDATION_SERVICE, ROOT),
  span(SPANS.VALIDATE_QUERY, SPANS.CALL_VALIDATION_SERVICE),
  span(SPANS.SYNTAX_ANALYSIS, SPANS.VALIDATE_QUERY),
  span(SPANS.ENHANCEMENT_SUGGESTIONS, SPANS.VALIDATE_QUERY),
  span(SPANS.ENQUEUE_PROCESSING, ROOT),
  span(SPANS.ENQUEUE_MESSAGE, SPANS.ENQUEUE_PROCESSING),
  span(SPANS.ADD_TO_QUEUE, SPANS.ENQUEUE_MESSAGE, KIND.PRODUCER),
  span(SPANS.PROCESS_BACKGROUND_MESSAGE, SPANS.ADD_TO_QUEUE, KIND.CONSUMER),
  span(SPANS.PROCESS_QUERY_DATA, SPANS.PROCESS_BACKGROUND_MESSAGE),
  span(SPANS.ANALYZE_COMPLEXITY, SPANS.PROCESS_QUERY_DATA),
  span(SPANS.GENERATE_INSIGHTS, SPANS.PROCESS_QUERY_DATA),
  span(SPANS.TRANSFORM_DATA, SPANS.PROCESS_QUERY_DATA),
  span(SPANS.STORE_INSIGHTS, SPANS.PROCESS_QUERY_DATA),
  span(SPANS.STORE_PROCESSING_DATA, SPANS.STORE_INSIGHTS),
  {
    name: 'INSERT processed_requests',
    under: SPANS.STORE_PROCESSING_DATA,
    service: 'storage_service',
    kind: KIND.CLIENT,
  },
  span(SPANS.PUBLISH_PROCESSED, SPANS.PROCESS_QUERY_DATA),
  span(SPANS.PUBLISH_EVENTS, SPANS.PUBLISH_PROCESSED),
]

/** What an event is sent by, once for each. */
export const SEND_EVENT = 'send events'

/** The domain events of one answered question, and the span under which each is sent. */
export const SENT_EVENTS: readonly { readonly type: MeshEventType; readonly under: string }[] = [
  { type: 'query.generated', under: SPANS.ENQUEUE_MESSAGE },
  { type: 'query.validated', under: SPANS.ENQUEUE_MESSAGE },
  { type: 'query.processed', under: SPANS.PUBLISH_EVENTS },
]

/** Who consumes each of them, and what of it is written. */
export const EVENT_CONSUMERS = [
  { name: SPANS.RECORD_EVENT, queue: 'events.storage', insert: 'INSERT event_history' },
  { name: SPANS.AGGREGATE_EVENT, queue: 'events.analytics', insert: 'INSERT event_aggregates' },
] as const

export const CHAT_ROOT = 'api_gateway.chat'

/** What a question that is answered later adds to `EDGES`. */
export const CHAT_EDGES: typeof EDGES = [
  ['gateway', 'storage', 'http'],
  // The worker has the gateway answer, and publishes the answer.
  ['queue', 'gateway', 'http'],
]

/** The spans of one question that is answered later. */
export const CHAT_PIPELINE: readonly ExpectedSpan[] = [
  { name: CHAT_ROOT, under: null, service: 'api_gateway', kind: KIND.SERVER },
  span(SPANS.ENQUEUE_CHAT_REQUEST, CHAT_ROOT),
  span(SPANS.ENQUEUE_MESSAGE, SPANS.ENQUEUE_CHAT_REQUEST),
  span(SPANS.ADD_CHAT_REQUEST, SPANS.ENQUEUE_MESSAGE, KIND.PRODUCER),
  span(SPANS.REGISTER_CHAT_REQUEST, CHAT_ROOT),
  span(SPANS.REGISTER_CHAT_TURN, SPANS.REGISTER_CHAT_REQUEST),
  statement('INSERT chat_requests', SPANS.REGISTER_CHAT_TURN),
  span(SPANS.ANSWER_CHAT_REQUEST, SPANS.ADD_CHAT_REQUEST, KIND.CONSUMER),
  span(SPANS.BEGIN_CHAT_ANSWER, SPANS.ANSWER_CHAT_REQUEST),
  span(SPANS.BEGIN_CHAT_TURN, SPANS.BEGIN_CHAT_ANSWER),
  statement('UPDATE chat_requests', SPANS.BEGIN_CHAT_TURN),
  // From here on it is the question of `PIPELINE`, with the worker's span in place of the root.
  ...PIPELINE.filter(({ under }) => under !== null).map((expected) =>
    expected.under === ROOT ? { ...expected, under: SPANS.ANSWER_CHAT_REQUEST } : expected,
  ),
  span(SPANS.ADD_CHAT_RESPONSE, SPANS.ANSWER_CHAT_REQUEST, KIND.PRODUCER),
  span(SPANS.STORE_CHAT_RESPONSE, SPANS.ADD_CHAT_RESPONSE, KIND.CONSUMER),
  statement('UPDATE chat_requests', SPANS.STORE_CHAT_RESPONSE),
]

/** A statement of the storage service. */
function statement(name: string, under: string): ExpectedSpan {
  return { name, under, service: 'storage_service', kind: KIND.CLIENT }
}

/** A span of ours starts with the name of its service. */
function span(name: string, under: string, kind: number = KIND.INTERNAL): ExpectedSpan {
  return { name, under, service: name.slice(0, name.indexOf('.')), kind }
}
