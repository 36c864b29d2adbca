import { z } from 'zod'
import {
  CHAT_REQUESTS_QUEUE,
  type ChatAccepted,
  type ChatBody,
  type ChatRequest,
  type Enqueued,
  enqueuedSchema,
  toChatTurn,
} from '#shared/contracts'
import { toAppError } from '#shared/errors'
import type { Claim } from '#shared/idempotency'
import type { ServiceStats } from '#shared/monitoring'
import { handOver } from '#shared/pathways'
import { ATTR, activeTraceId, type Logger, SPANS, withSpan } from '#shared/telemetry'
import type { Config } from './config'
import { describeQuestion } from './describe-question'
import type { Downstream } from './downstream'
import { needed } from './needed'

export interface AcceptChatRequestDeps {
  readonly config: Config
  readonly downstream: Downstream
  readonly stats: ServiceStats
  readonly logger: Logger
  /** Wall clock, milliseconds since the epoch. */
  readonly now?: () => number
}

export type AcceptChatRequest = (body: ChatBody, claim: Claim) => Promise<ChatAccepted>

const registeredSchema = z.object({ request_id: z.string() })

/**
 * Takes a question to be answered later: it is accepted once its message is safe in the queue, under the id of
 * the claim. Then storage is told, so that it can be asked after at once and has its place in its conversation;
 * storage may be away, because the worker tells it again.
 *
 * Its time limit, and the clock of its question, begin now and not with the claim: a client that was refused for
 * a while, because the queue was away, would else be told that its request is accepted and too late at once.
 *
 * @throws AppError `service-unavailable` that names the queue service: nothing was accepted
 */
export function createAcceptChatRequest(deps: AcceptChatRequestDeps): AcceptChatRequest {
  const { config, stats, now = Date.now } = deps
  return async (body, { id }) => {
    const request = toChatRequest(body, id, now(), config.CHAT_TIMEOUT_MS)
    describeQuestion(request.request_id, request.question)
    const isThisOne = await enqueue(deps, request)
    // The times of one that was accepted before are in its message alone; the worker tells them.
    if (isThisOne) await register(deps, request)
    stats.increment('chats_accepted')
    return {
      request_id: request.request_id,
      conversation_id: request.conversation_id,
      status: 'accepted',
      trace_id: activeTraceId() ?? null,
    }
  }
}

/** A conversation that is begun here has the id of its first request. */
function toChatRequest(
  { timeout_ms, ...question }: ChatBody,
  id: string,
  acceptedAtMs: number,
  defaultTimeoutMs: number,
): ChatRequest {
  const acceptedAt = new Date(acceptedAtMs).toISOString()
  const conversationId = question.conversation_id ?? id
  return {
    request_id: id,
    conversation_id: conversationId,
    accepted_at: acceptedAt,
    deadline_at: new Date(acceptedAtMs + (timeout_ms ?? defaultTimeoutMs)).toISOString(),
    question: { ...question, conversation_id: conversationId, now: question.now ?? acceptedAt },
  }
}

/** False when an earlier beginning of the same claim got as far as this: its message is there, with its own times. */
function enqueue({ downstream }: AcceptChatRequestDeps, request: ChatRequest): Promise<boolean> {
  return withSpan(SPANS.ENQUEUE_CHAT_REQUEST, {}, async (span) => {
    const body = { queue: CHAT_REQUESTS_QUEUE, message_id: request.request_id, payload: request }
    const isNew = ({ duplicate }: Enqueued) => !duplicate
    span.setAttribute(ATTR.MESSAGE_ID, request.request_id)
    try {
      await needed(
        handOver({ queue: CHAT_REQUESTS_QUEUE, payload: request, isNew }, () =>
          downstream.queue.post('/enqueue', body, { schema: enqueuedSchema, idempotent: true }),
        ),
      )
      return true
    } catch (error) {
      if (toAppError(error).code === 'request-conflict') return false
      throw error
    }
  })
}

async function register(deps: AcceptChatRequestDeps, request: ChatRequest): Promise<void> {
  try {
    await withSpan(SPANS.REGISTER_CHAT_REQUEST, {}, () =>
      deps.downstream.storage.post('/chat-requests', toChatTurn(request), {
        schema: registeredSchema,
        timeoutMs: deps.config.ENQUEUE_TIMEOUT_MS,
        idempotent: true,
      }),
    )
  } catch (error) {
    const { code, detail } = toAppError(error)
    deps.logger.warn({ code, detail, request_id: request.request_id }, 'chat request was not registered')
    deps.stats.increment('chat_registration_failures')
  }
}
