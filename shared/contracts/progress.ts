import { z } from 'zod'
import { answerSchema } from './answer'
import { storedChatSchema } from './chat'
import { INTENTS, OUTCOMES } from './generation'
import { problemSchema } from './problem'
import { storedRequestSchema } from './processing'
import { REQUEST_STATES } from './request-status'
import { validationSchema } from './validation'

/** Answer of the storage service's `GET /progress/:request_id`: all it has of a request. */
export const progressSchema = z.object({
  request_id: z.string(),
  /** Grows with every change of what follows. */
  version: z.int(),
  /** Null for a request that was answered at once. */
  chat: storedChatSchema.nullable(),
  /** Null until its background work is stored. */
  processed: storedRequestSchema.nullable(),
})

export type Progress = z.output<typeof progressSchema>

/** One turn of a conversation, answered at once or by chat. */
export const conversationTurnSchema = z.object({
  request_id: z.string(),
  trace_id: z.string().nullable(),
  status: z.enum(REQUEST_STATES),
  user_input: z.string(),
  query: z.string().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  intent: z.enum(INTENTS).nullable(),
  validation: validationSchema.nullable(),
  /** The whole answer of a chat request; null when it was answered at once, and until it is answered. */
  answer: answerSchema.nullable(),
  /** What a chat request failed with. */
  problem: problemSchema.nullable(),
  created_at: z.string(),
  answered_at: z.string().nullable(),
  processed_at: z.string().nullable(),
  late: z.boolean(),
})

export type ConversationTurn = z.output<typeof conversationTurnSchema>

/** Answer of `GET /conversations/:conversation_id`. */
export const conversationSchema = z.object({
  conversation_id: z.string(),
  /** In the order in which they were accepted. */
  turns: z.array(conversationTurnSchema),
  /** `after` of the next page; null when this is the last. */
  next_after: z.string().nullable(),
})

export type Conversation = z.output<typeof conversationSchema>
