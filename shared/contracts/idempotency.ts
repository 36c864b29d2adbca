import { z } from 'zod'
import { timestampSchema } from './text'

/** A request that is to be done once, however often it is sent. */
export const keyedRequestSchema = z.object({
  /** What kind of request it is; a key means something within its scope alone. */
  scope: z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits or any of . _ -'),
  key: z.string().min(1).max(255),
  /** Digest of the body. */
  fingerprint: z.string().min(1).max(128),
  /** Who is about to do it; the same holder may ask again. */
  holder: z.string().min(1).max(64),
})

export type KeyedRequest = z.output<typeof keyedRequestSchema>

/** An answer as it left, to be given again. */
export const replySchema = z.object({
  status: z.int().min(100).max(599),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json(),
})

export type Reply = z.output<typeof replySchema>

/**
 * What becomes of a keyed request: it is to be done (`started`), it was done (`replay`), someone else is doing it
 * (`in-flight`), or its key belongs to another body (`reused`).
 */
export const beginningSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('started'),
    /** The id of its effect: the same whenever it has to be begun again. */
    claim_id: z.string(),
    /** When it was first begun. */
    started_at: timestampSchema,
  }),
  z.object({ outcome: z.literal('replay'), reply: replySchema }),
  z.object({ outcome: z.literal('in-flight') }),
  z.object({ outcome: z.literal('reused') }),
])

export type Beginning = z.output<typeof beginningSchema>

/** How a request ended: with an answer to give again, or with none, and then its key may be begun again. */
export const endingSchema = keyedRequestSchema
  .omit({ fingerprint: true })
  .extend({ reply: replySchema.nullable() })

export type Ending = z.output<typeof endingSchema>

/** Answer to an ending; false when the holder had lost the key to another. */
export const endedSchema = z.object({ ended: z.boolean() })
