import type { ProcessingJob } from '#shared/contracts'
import { ATTR, SPANS } from '#shared/telemetry'
import { aProcessingJob } from './a-processing-job'

/** What a scenario sends, where it ends, and which spans tell of it. Threads look it up by its name. */
export interface Traffic {
  /** Whom it is sent to. */
  readonly service: 'queue' | 'gateway'
  readonly path: string
  toBody(id: string, index: number, changes: Partial<ProcessingJob>): unknown
  toHeaders(id: string): Readonly<Record<string, string>>
  readConfirmation(answer: unknown): { readonly isDuplicate: boolean; readonly rowId?: string }
  /** Queues that are empty when all of it has come to its end. */
  readonly queues: readonly string[]
  /** What it ends as in storage.db: `id` and `trace_id` of each row. */
  readonly rowsSql: string
  /** Consumer spans, each of which is a delivery to a handler. */
  readonly deliverySpan: string
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
  queues: ['processing.jobs'],
  rowsSql: 'SELECT request_id AS id, trace_id FROM processed_requests',
  deliverySpan: SPANS.PROCESS_BACKGROUND_MESSAGE,
  effects: [{ name: SPANS.STORE_PROCESSING_DATA, attribute: ATTR.STORED, value: true }],
}

export const TRAFFIC = { jobs } as const satisfies Record<string, Traffic>
export type TrafficName = keyof typeof TRAFFIC
