import { z } from 'zod'
import { answerSchema } from './answer'
import { questionSchema } from './generation'
import { problemSchema } from './problem'
import { idSchema, type TextLimits, timestampSchema } from './text'

export interface ChatLimits extends TextLimits {
  /** The longest time limit that a client may ask for. */
  readonly timeoutMaxMs: number
}

const TIMEOUT_MIN_MS = 100

/** Body of `POST /api/chat`: a question, and how long its answer may take. */
export function chatBodySchema(limits: ChatLimits) {
  return questionSchema(limits).extend({
    /** After this time a poll says `timed_out`; the work goes on and a late answer is kept all the same. */
    timeout_ms: z
      .int()
      .min(TIMEOUT_MIN_MS, `expected at least ${TIMEOUT_MIN_MS}`)
      .max(limits.timeoutMaxMs, `expected at most ${limits.timeoutMaxMs}`)
      .nullish(),
  })
}

export type ChatBody = z.output<ReturnType<typeof chatBodySchema>>

/** Answer of `POST /api/chat`: the question is safe in the queue. */
export const chatAcceptedSchema = z.object({
  request_id: z.string(),
  conversation_id: z.string(),
  status: z.literal('accepted'),
  trace_id: z.string().nullable(),
})

export type ChatAccepted = z.output<typeof chatAcceptedSchema>

/** What everyone who handles a chat request knows of it: enough to list it as a turn of its conversation. */
export const chatTurnSchema = z.object({
  request_id: idSchema,
  conversation_id: idSchema,
  user_input: z.string(),
  accepted_at: timestampSchema,
  /** When it is `timed_out`. */
  deadline_at: timestampSchema,
})

export type ChatTurn = z.output<typeof chatTurnSchema>

/** Message on `chat_requests`. Lengths were checked at the door, where the limits are. */
export const chatRequestSchema = chatTurnSchema.omit({ user_input: true }).extend({
  /** Its clock is set: a question that is answered later means the time when it was asked. */
  question: questionSchema({
    questionLengthMax: Number.MAX_SAFE_INTEGER,
    queryLengthMax: Number.MAX_SAFE_INTEGER,
  }),
})

export type ChatRequest = z.output<typeof chatRequestSchema>

export function toChatTurn({ question, ...request }: ChatRequest): ChatTurn {
  return { ...request, user_input: question.user_input }
}

/** Body of the gateway's internal `POST /answer`: a chat request and its delivery. */
export const answerBodySchema = chatRequestSchema.extend({
  attempt: z.int().min(1),
  /** True when the request fails for good if it is not answered now. */
  is_last_attempt: z.boolean(),
})

export type AnswerBody = z.output<typeof answerBodySchema>

/** Message on `chat_responses`: how a chat request ended. */
export const chatResponseSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('answered'),
    request_id: idSchema,
    turn: chatTurnSchema,
    attempts: z.int(),
    answered_at: timestampSchema,
    answer: answerSchema,
  }),
  z.object({
    status: z.literal('failed'),
    request_id: idSchema,
    /** Null when the request could not be read. */
    turn: chatTurnSchema.nullable(),
    attempts: z.int(),
    answered_at: timestampSchema,
    problem: problemSchema,
  }),
])

export type ChatResponse = z.output<typeof chatResponseSchema>

/** Body of the storage service's `POST /chat-requests/begin`: a turn whose answer is about to be generated. */
export const beginTurnBodySchema = chatTurnSchema.extend({
  attempt: z.int().min(1),
  /** How long to wait for the turns before it. */
  wait_ms: z.int().min(0),
})

export type BeginTurnBody = z.output<typeof beginTurnBodySchema>

/** Its answer. */
export const begunTurnSchema = z.object({
  /** The answer it has already, from an earlier delivery. */
  answer: answerSchema.nullable(),
  /** False while a turn before it may still be answered. */
  is_ready: z.boolean(),
  /** The query of the last turn before it that was answered with one. */
  previous_query: z.string().nullable(),
})

export type BegunTurn = z.output<typeof begunTurnSchema>

export const CHAT_STATES = ['accepted', 'processing', 'answered', 'failed'] as const
export type ChatState = (typeof CHAT_STATES)[number]

/** A chat request as storage keeps it. */
export const storedChatSchema = chatTurnSchema.extend({
  trace_id: z.string().nullable(),
  status: z.enum(CHAT_STATES),
  attempts: z.int(),
  /** When it was answered or given up. */
  answered_at: z.string().nullable(),
  /** True when that was kept after its deadline. */
  late: z.boolean(),
  answer: answerSchema.nullable(),
  problem: problemSchema.nullable(),
})

export type StoredChat = z.output<typeof storedChatSchema>
