import type { IncomingHttpHeaders } from 'node:http'
import {
  CHAT_REQUESTS_QUEUE,
  CHAT_RESPONSES_QUEUE,
  type ChatAccepted,
  EVENTS_ANALYTICS_QUEUE,
  EVENTS_STORAGE_QUEUE,
  type EventsPublished,
  PROCESSING_QUEUE,
  type ProcessingJob,
} from '#shared/contracts'
import { ATTR, SPANS } from '#shared/telemetry'
import { aDomainEvent } from './a-domain-event'
import { aProcessingJob } from './a-processing-job'

export interface Confirmation {
  readonly isDuplicate: boolean
  /** Of the row that it ends as, when the service gave it one of its own. */
  readonly rowId?: string
}

/** What a sender is told when nothing more is taken at the moment. */
const NOT_NOW = [429, 503, 507]

/** What a scenario sends, where it ends, and which spans tell of it. Threads look it up by its name. */
export interface Traffic {
  /** Whom it is sent to. */
  readonly service: 'queue' | 'gateway'
  readonly path: string
  toBody(id: string, index: number, changes: Partial<ProcessingJob>): unknown
  toHeaders(id: string): Readonly<Record<string, string>>
  readConfirmation(answer: unknown, headers: IncomingHttpHeaders): Confirmation
  /** Answers that a message is not taken now and may be taken later. */
  readonly refusals: ReadonlySet<number>
  /** Queues that are empty when all of it has come to its end. */
  readonly queues: readonly string[]
  /** What it ends as in storage.db: `id` and `trace_id` of each row. */
  readonly rowsSql: string
  /** Names of the consumer spans, each of which is a delivery to a handler. */
  readonly deliverySpans: readonly string[]
  /** What must happen once for each message: a span, and what it says when it did happen. */
  readonly effects: readonly EffectSpan[]
}

export interface EffectSpan {
  readonly name: string
  readonly attribute: string
  readonly value: boolean
}

const jobs: Traffic = {
  service: 'queue',
  path: '/enqueue',
  toBody: (id, _index, changes) => ({ message_id: id, payload: aProcessingJob(id, changes) }),
  toHeaders: () => ({}),
  readConfirmation: (answer) => ({ isDuplicate: (answer as { duplicate: boolean }).duplicate }),
  queues: [PROCESSING_QUEUE],
  rowsSql: 'SELECT request_id AS id, trace_id FROM processed_requests',
  refusals: new Set(NOT_NOW),
  deliverySpans: [SPANS.PROCESS_BACKGROUND_MESSAGE],
  effects: [{ name: SPANS.STORE_PROCESSING_DATA, attribute: ATTR.STORED, value: true }],
}

const events: Traffic = {
  service: 'queue',
  path: '/events',
  toBody: (id, index) => aDomainEvent(id, index),
  toHeaders: () => ({}),
  readConfirmation: (answer) => ({
    isDuplicate: (answer as EventsPublished).events[0]?.status === 'duplicate',
  }),
  queues: [EVENTS_STORAGE_QUEUE, EVENTS_ANALYTICS_QUEUE],
  // An event that the aggregates have not taken has not come to its end.
  rowsSql: `SELECT event_id AS id, trace_id FROM event_history
    JOIN inbox ON inbox.message_id = event_id AND inbox.consumer = '${EVENTS_ANALYTICS_QUEUE}'`,
  refusals: new Set(NOT_NOW),
  deliverySpans: [SPANS.RECORD_EVENT, SPANS.AGGREGATE_EVENT],
  effects: [
    { name: SPANS.RECORD_EVENT, attribute: ATTR.EVENT_DUPLICATE, value: false },
    { name: SPANS.AGGREGATE_EVENT, attribute: ATTR.EVENT_DUPLICATE, value: false },
  ],
}

const chat: Traffic = {
  service: 'gateway',
  path: '/api/chat',
  toBody: (_id, index) => ({ user_input: `errors of the last ${1 + (index % 48)} hours by service` }),
  toHeaders: (id) => ({ 'idempotency-key': id }),
  readConfirmation: (answer, headers) => ({
    isDuplicate: headers['idempotent-replayed'] === 'true',
    rowId: (answer as ChatAccepted).request_id,
  }),
  // 409: the key is still held by the request of a gateway that has died.
  refusals: new Set([...NOT_NOW, 409]),
  queues: [CHAT_REQUESTS_QUEUE, CHAT_RESPONSES_QUEUE, PROCESSING_QUEUE],
  // A question whose background work is not stored has not come to its end.
  rowsSql: `SELECT request_id AS id, chat_requests.trace_id FROM chat_requests
    JOIN processed_requests USING (request_id) WHERE chat_requests.status = 'answered'`,
  deliverySpans: [SPANS.ANSWER_CHAT_REQUEST, SPANS.STORE_CHAT_RESPONSE, SPANS.PROCESS_BACKGROUND_MESSAGE],
  effects: [
    { name: SPANS.STORE_CHAT_RESPONSE, attribute: ATTR.STORED, value: true },
    { name: SPANS.STORE_PROCESSING_DATA, attribute: ATTR.STORED, value: true },
  ],
}

export const TRAFFIC = { jobs, events, chat } as const satisfies Record<string, Traffic>
export type TrafficName = keyof typeof TRAFFIC
