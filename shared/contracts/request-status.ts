import { z } from 'zod'
import { answerSchema } from './answer'
import { problemSchema } from './problem'
import { insightsSchema } from './processing'
import { validationSchema } from './validation'

/**
 * Where a request stands. A question that is answered at once goes from `accepted` over `processing` to
 * `processed`, which means stored, or `failed`. One by chat is `answered` between the last two, and `timed_out`
 * from its deadline on until then.
 */
export const REQUEST_STATES = [
  'accepted',
  'processing',
  'answered',
  'processed',
  'failed',
  'timed_out',
] as const
export type RequestState = (typeof REQUEST_STATES)[number]

/** Answer of `GET /api/requests/:request_id`. */
export const requestStatusSchema = z.object({
  request_id: z.string(),
  trace_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  status: z.enum(REQUEST_STATES),
  attempts: z.number(),
  user_input: z.string().nullable(),
  query: z.string().nullable(),
  validation: validationSchema.nullable(),
  insights: insightsSchema.nullable(),
  created_at: z.string(),
  /** When the answer of a chat request was there; null for one that was answered at once. */
  answered_at: z.string().nullable(),
  /** When a chat request is `timed_out`. */
  deadline_at: z.string().nullable(),
  /** True when the answer came after that. */
  late: z.boolean(),
  processed_at: z.string().nullable(),
  /** Why it failed, when it did. */
  reason: z.string().nullable(),
  /** What a chat request failed with. */
  problem: problemSchema.nullable(),
})

export type RequestStatus = z.output<typeof requestStatusSchema>

/** Answer of `GET /api/chat/poll/:request_id`. */
export const chatStatusSchema = requestStatusSchema.extend({ answer: answerSchema.nullable() })

export type ChatStatus = z.output<typeof chatStatusSchema>
