import { z } from 'zod'

/**
 * What the queue service and those who take messages from it over HTTP say to each other. Names and meanings are
 * those of `shared/messaging/driver.ts`; nothing of a message is lost on the way.
 */

const QUEUE_NAME_LENGTH_MAX = 127
const queueNameSchema = z.string().min(1).max(QUEUE_NAME_LENGTH_MAX)
const durationMs = z.number().int().min(0).max(2_147_483_647)

/**
 * Settlements, and messages, that a worker puts into one call at most, and that a queue service takes at least. A call
 * with more is refused as a whole, and the acks in it are lost.
 */
export const WORKER_STEPS_MAX = 500

/** The last moment that a `Date` can tell, in milliseconds since the epoch. */
const TIME_MAX_MS = 8_640_000_000_000_000

/** Who takes messages: one subscription of one process. Visible ASCII, as it is shown to operators. */
const workerSchema = z
  .string()
  .regex(/^[\w.:@-]{1,200}$/, 'expected 1 to 200 letters, digits or any of . _ : @ -')

/** A message with its bytes in base64. */
export const wireMessageSchema = z.object({
  id: z.string().min(1).max(200),
  body_base64: z.base64(),
  headers: z.record(z.string(), z.string()),
  content_type: z.string(),
  /** Wall clock, milliseconds since the epoch. */
  enqueued_at: z.number(),
  priority: z.enum(['high', 'normal', 'low']).optional(),
  ttl_ms: durationMs.optional(),
})

export type WireMessageJson = z.output<typeof wireMessageSchema>

/** A message on its way in: with a time that the queue can keep, and that people can be shown. */
const sentMessageSchema = wireMessageSchema.extend({ enqueued_at: z.int().min(0).max(TIME_MAX_MS) })

const deadLetterCauseSchema = z.object({
  reason: z.enum(['invalid-message', 'not-retryable', 'attempts-exhausted', 'expired', 'delivery-limit']),
  code: z.string(),
  detail: z.string(),
})

/** Body of `POST /queues/:name/claim`. */
export const claimBodySchema = z.object({
  worker: workerSchema,
  /** Most messages to hand over; the queue service may hand over fewer. With 0 the worker only says that it is there. */
  count: z.number().int().min(0),
  lease_ms: durationMs.min(1),
  /** How long to wait for the first message; the queue service may wait less. */
  wait_ms: durationMs.default(0),
})

export type ClaimBody = z.output<typeof claimBodySchema>

/** Answer of `POST /queues/:name/claim`: no messages when there were none for as long as it waited. */
export const claimedSchema = z.object({
  /** Whose leases they are. Who has other messages, as after a restart of a queue in memory, knows nothing of them. */
  owner: z.string(),
  messages: z.array(
    z.object({
      sequence: z.number().int(),
      delivery: z.number().int(),
      attempt: z.number().int(),
      message: wireMessageSchema,
    }),
  ),
})

export type ClaimedJson = z.output<typeof claimedSchema>

/** Body of `POST /queues/:name/claim/end`: a worker takes nothing more; its claim that waits is answered at once. */
export const endClaimsBodySchema = z.object({
  worker: workerSchema,
  /** Set when it will be back, because what it hands messages to is away. */
  paused: z.object({ until: z.number().min(0).max(TIME_MAX_MS), reason: z.string().max(500) }).optional(),
})

export type EndClaimsBody = z.output<typeof endClaimsBodySchema>

const leaseSchema = z.object({
  owner: z.string(),
  queue: queueNameSchema,
  sequence: z.number().int(),
  delivery: z.number().int(),
})

const settlementSchema = z.discriminatedUnion('action', [
  leaseSchema.extend({ action: z.literal('ack') }),
  leaseSchema.extend({ action: z.literal('nack'), delay_ms: durationMs }),
  leaseSchema.extend({ action: z.literal('release') }),
  leaseSchema.extend({ action: z.literal('dead-letter'), cause: deadLetterCauseSchema }),
  leaseSchema.extend({ action: z.literal('extend'), lease_ms: durationMs.min(1) }),
])

export type SettlementJson = z.output<typeof settlementSchema>

/** Body of `POST /queues/settle`. */
export function settleBodySchema({ countMax }: { readonly countMax: number }) {
  return z.object({ settlements: z.array(settlementSchema).min(1).max(countMax) })
}

/** One step of several that failed by itself. */
const failedStepSchema = z.object({
  outcome: z.literal('error'),
  code: z.string(),
  detail: z.string().nullable(),
  retry_after_s: z.number().optional(),
})

export type FailedStep = z.output<typeof failedStepSchema>

/** Answer of `POST /queues/settle`, in the order of the settlements. */
export const settledSchema = z.object({
  results: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('settled') }),
      z.object({ outcome: z.literal('stale') }),
      failedStepSchema,
    ]),
  ),
})

export type SettleResult = z.output<typeof settledSchema>['results'][number]

/** Body of `POST /queues/:name/messages`. */
export function sendBodySchema({ countMax }: { readonly countMax: number }) {
  return z.object({ messages: z.array(sentMessageSchema).min(1).max(countMax) })
}

/** Answer of `POST /queues/:name/messages`, in the order of the messages. */
export const sentSchema = z.object({
  results: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('sent'), duplicate: z.boolean(), queue_size: z.number().nullable() }),
      failedStepSchema,
    ]),
  ),
})

export type SendResult = z.output<typeof sentSchema>['results'][number]

/** Body of `POST /exchanges/:name/messages`. */
export function publishBodySchema({ countMax }: { readonly countMax: number }) {
  return z.object({
    messages: z
      .array(z.object({ routing_key: z.string().max(255), message: sentMessageSchema }))
      .min(1)
      .max(countMax),
  })
}

/** Answer of `POST /exchanges/:name/messages`, in the order of the messages. */
export const publishedSchema = z.object({
  results: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('published'), is_routed: z.boolean(), duplicate: z.boolean() }),
      failedStepSchema,
    ]),
  ),
})

export type PublishResult = z.output<typeof publishedSchema>['results'][number]

/** Answer of `GET /driver/queues`. */
export const driverQueuesSchema = z.object({ queues: z.array(z.string()) })

/** Answer of `GET /driver/queues/:name/stats`. Null is what nobody can tell. */
export const driverStatsSchema = z.object({
  ready: z.number(),
  delayed: z.number().nullable(),
  in_flight: z.number().nullable(),
  dead_letters: z.number(),
  consumers: z.number(),
  oldest_age_ms: z.number().nullable(),
})

/** Answer of `GET /driver/messages/:id`. */
export const driverMessageSchema = z.object({
  record: z
    .object({
      queue: z.string(),
      state: z.enum(['ready', 'delayed', 'leased', 'done', 'dead']),
      attempts: z.number(),
      enqueued_at: z.number(),
      finished_at: z.number().optional(),
      cause: deadLetterCauseSchema.optional(),
    })
    .nullable(),
  /** While it is kept. */
  message: wireMessageSchema.nullable(),
})

export type DriverMessageJson = z.output<typeof driverMessageSchema>

/** Answer of `GET /driver/queues/:name/dead-letters`: dead letters to the last byte. */
export const driverDeadLettersSchema = z.object({
  dead_letters: z.array(
    z.object({
      message: wireMessageSchema,
      cause: deadLetterCauseSchema,
      attempts: z.number(),
      dead_at: z.number(),
    }),
  ),
  next: z.string().nullable(),
})

/** Answer of `POST /driver/queues/:name/purge`. */
export const driverPurgedSchema = z.object({ purged: z.number() })

/** Body of `POST /driver/queues/:name/replay`. */
export function driverReplayBodySchema({ countMax }: { readonly countMax: number }) {
  return z.object({
    message_ids: z.array(z.string().min(1).max(200)).max(countMax).optional(),
    limit: z.number().int().min(1),
    headers: z.record(z.string(), z.string()),
  })
}

export const driverReplayedSchema = z.object({ message_ids: z.array(z.string()) })
