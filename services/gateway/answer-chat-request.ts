import { type Answer, type AnswerBody, type BegunTurn, begunTurnSchema, toChatTurn } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { ATTR, SPANS, withSpan } from '#shared/telemetry'
import type { Config } from './config'
import type { Downstream } from './downstream'
import type { GenerateQuery } from './generate-query'

/** `signal` aborts when the worker that asked has gone. */
export type AnswerChatRequest = (body: AnswerBody, signal: AbortSignal) => Promise<Answer>

export interface AnswerChatRequestDeps {
  readonly config: Config
  readonly downstream: Downstream
  readonly generateQuery: GenerateQuery
}

/**
 * Answers a chat request as the question would have been answered at once, under the id it was accepted with.
 * Without a `previous_query` of its own it follows up on the last answered turn of its conversation. A request
 * that comes again after its answer was kept gets that answer.
 *
 * @throws AppError `turn-pending`, which is retryable, while a turn before it is not answered
 */
export function createAnswerChatRequest(deps: AnswerChatRequestDeps): AnswerChatRequest {
  return async ({ attempt, is_last_attempt, ...request }, signal) => {
    const turn = await begin(deps, { ...request, attempt, is_last_attempt }, signal)
    if (turn.answer !== null) return turn.answer
    if (!turn.is_ready && !is_last_attempt) {
      throw new AppError('turn-pending', {
        detail: 'an earlier turn of the conversation is not answered yet',
      })
    }
    const previousQuery = request.question.previous_query ?? turn.previous_query
    const claim = { id: request.request_id, startedAt: request.accepted_at }
    const question = { ...request.question, previous_query: previousQuery }
    return deps.generateQuery(question, signal, claim, { comesAgain: !is_last_attempt })
  }
}

function begin(
  { config, downstream }: AnswerChatRequestDeps,
  { attempt, is_last_attempt: _, ...request }: AnswerBody,
  signal: AbortSignal,
): Promise<BegunTurn> {
  const body = { ...toChatTurn(request), attempt, wait_ms: config.CHAT_TURN_WAIT_MS }
  return withSpan(SPANS.BEGIN_CHAT_ANSWER, {}, async (span) => {
    const turn = await downstream.storage.post('/chat-requests/begin', body, {
      schema: begunTurnSchema,
      timeoutMs: config.CHAT_TURN_WAIT_MS + config.SERVICE_TIMEOUT_MS,
      signal,
      idempotent: true,
    })
    span.setAttribute(ATTR.CHAT_TURN_READY, turn.is_ready)
    return turn
  })
}
