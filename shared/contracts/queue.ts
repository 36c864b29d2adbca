import { z } from 'zod'
import { chatRequestSchema } from './chat'
import { eventListSchema, eventOutcomeSchema } from './events'
import { PROCESSING_QUEUE, processingJobSchema } from './processing'
import { idSchema } from './text'

/** Exchange whose one queue is `processing.jobs`, for producers outside of the mesh, which itself sends to the queue. */
export const PROCESSING_EXCHANGE = 'processing'

/** Exchange of the domain events, with a queue for each kind of consumer. */
export const EVENTS_EXCHANGE = 'events'
export const EVENTS_STORAGE_QUEUE = 'events.storage'
export const EVENTS_ANALYTICS_QUEUE = 'events.analytics'

/** Questions to be answered in the background, and their answers on the way to where they are kept. */
export const CHAT_REQUESTS_QUEUE = 'chat_requests'
export const CHAT_RESPONSES_QUEUE = 'chat_responses'

/** What a message on each queue says that `POST /enqueue` takes messages for. */
export const ENQUEUE_PAYLOADS = {
  [PROCESSING_QUEUE]: processingJobSchema,
  [CHAT_REQUESTS_QUEUE]: chatRequestSchema,
} as const

/** Body of `POST /enqueue`: a message for one of its queues. The same `message_id` sent twice is one message. */
export function enqueueBodySchema(limits: { readonly eventsBatchMax: number }) {
  const common = {
    message_id: idSchema.nullish(),
    /**
     * Domain events that are published beside it. Each is judged by itself: one that is not taken, malformed ones
     * included, is told in the answer and never costs the job.
     */
    events: eventListSchema(limits.eventsBatchMax).default([]),
  }
  return z.discriminatedUnion('queue', [
    z.object({
      queue: z.literal(PROCESSING_QUEUE).default(PROCESSING_QUEUE),
      payload: ENQUEUE_PAYLOADS[PROCESSING_QUEUE],
      ...common,
    }),
    z.object({
      queue: z.literal(CHAT_REQUESTS_QUEUE),
      payload: ENQUEUE_PAYLOADS[CHAT_REQUESTS_QUEUE],
      ...common,
    }),
  ])
}

export type EnqueueBody = z.output<ReturnType<typeof enqueueBodySchema>>

/** Answer of `POST /enqueue`, sent after the message is on disk. */
export const enqueuedSchema = z.object({
  message_id: z.string(),
  queue: z.string(),
  /** True when this id was enqueued before. */
  duplicate: z.boolean(),
  /** Messages waiting, this one included; null where a broker keeps them, which does not say. */
  queue_size: z.number().nullable(),
  /** What became of the domain events, in the order in which they were sent. */
  events: z.array(eventOutcomeSchema).default([]),
})

export type Enqueued = z.output<typeof enqueuedSchema>

export const MESSAGE_STATES = ['accepted', 'processing', 'processed', 'failed'] as const
export type MessageState = (typeof MESSAGE_STATES)[number]

/** Answer of `GET /status/:message_id`. */
export const messageStatusSchema = z.object({
  message_id: z.string(),
  queue: z.string(),
  status: z.enum(MESSAGE_STATES),
  /** Deliveries so far. */
  attempts: z.number(),
  enqueued_at: z.string(),
  trace_id: z.string().nullable(),
  /** Why the message failed, or why its last delivery did. */
  reason: z.string().nullable(),
  /** The payload, while the queue still has it. */
  payload: z.union([processingJobSchema, chatRequestSchema]).nullable(),
})

export type MessageStatus = z.output<typeof messageStatusSchema>
