import { z } from 'zod'

/** How often something happened in one process: a second, over the last minute, and since it started. */
export const rateSchema = z.object({ per_second: z.number(), total: z.number() })

/** One queue in the answer of `GET /queues`, and the answer of `GET /queues/:name`. Null is what nobody can tell. */
export const queueReportSchema = z.object({
  name: z.string(),
  /** Waiting and deliverable now. */
  ready: z.number(),
  /** Waiting for the time of their next attempt. */
  delayed: z.number().nullable(),
  /** With a consumer. */
  in_flight: z.number().nullable(),
  /** Who takes messages of it, in this process or elsewhere. */
  consumers: z.number(),
  /** Who takes none at the moment, because what they hand messages to is away. */
  paused_consumers: z.array(
    z.object({
      /** A worker's name, or `service.name` of the queue service for its own. */
      consumer: z.string(),
      /** When it tries again; null while it does, with one message. */
      until: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  /** Age of the oldest ready message; also null when there is none. */
  oldest_age_ms: z.number().nullable(),
  dead_letters: z.number(),
  dead_letter_queue: z.string(),
  /** What passed through the queue service. */
  rates: z.object({
    published: rateSchema,
    delivered: rateSchema.nullable(),
    acked: rateSchema.nullable(),
    retried: rateSchema.nullable(),
    dead_lettered: rateSchema.nullable(),
  }),
  limits: z.object({
    /** Messages that may wait; more are refused. */
    length_max: z.number(),
    /** How long one may wait before it is a dead letter; null is for ever. */
    ttl_ms: z.number().nullable(),
    /** Whether a message may have a priority. */
    priorities: z.boolean(),
  }),
})

export type QueueReport = z.output<typeof queueReportSchema>

/** Answer of `GET /queues`. */
export const queuesSchema = z.object({
  /** Where the messages are. */
  driver: z.string(),
  queues: z.array(queueReportSchema),
})

/** A message that was given up, as `GET /queues/:name/dead-letters` shows it. */
export const deadLetterSchema = z.object({
  message_id: z.string(),
  /** The trace it was sent in and failed in. */
  trace_id: z.string().nullable(),
  reason: z.string(),
  /** Code of the error, from the catalogue. */
  code: z.string(),
  detail: z.string(),
  attempts: z.number(),
  enqueued_at: z.string(),
  dead_at: z.string(),
  content_type: z.string(),
  headers: z.record(z.string(), z.string()),
  /** The body when it is JSON and not too long to show, else null. */
  body: z.unknown(),
  /** Any other body, as far as it is shown; null when `body` has it. */
  body_base64: z.string().nullable(),
  body_bytes: z.number(),
  /** True when a body or a header is longer than what is shown of it. */
  truncated: z.boolean(),
})

export type DeadLetterReport = z.output<typeof deadLetterSchema>

export const deadLetterPageSchema = z.object({
  queue: z.string(),
  /** Oldest first. */
  dead_letters: z.array(deadLetterSchema),
  /** `after` of the next page; null when this is the last. */
  next: z.string().nullable(),
})

export type DeadLetterPageReport = z.output<typeof deadLetterPageSchema>

/** Body of `POST /queues/:name/purge`. */
export const purgeBodySchema = z.object({
  /** True drops the queue's dead letters instead of what waits in it. */
  dead_letters: z.boolean().default(false),
})

export const purgedSchema = z.object({
  queue: z.string(),
  dead_letters: z.boolean(),
  /** Messages dropped. */
  purged: z.number(),
})

export type Purged = z.output<typeof purgedSchema>

const MESSAGE_ID_LENGTH_MAX = 200

/** Body of `POST /queues/:name/replay`: all dead letters unless told which, at most `limit` at a time. */
export function replayBodySchema({ countMax }: { readonly countMax: number }) {
  return z.object({
    message_ids: z
      .array(z.string().min(1).max(MESSAGE_ID_LENGTH_MAX))
      .min(1)
      .max(countMax)
      .optional()
      .describe('Only these.'),
    limit: z.number().int().min(1).max(countMax).default(countMax),
  })
}

export const replayedSchema = z.object({
  queue: z.string(),
  /** What was put back, oldest first. */
  message_ids: z.array(z.string()),
  /** Those of the ids asked for that were left where they are, or are no dead letters. */
  not_replayed: z.array(z.string()),
  /** Dead letters that are left. */
  dead_letters: z.number(),
})

export type Replayed = z.output<typeof replayedSchema>
