import {
  answerSchema,
  CHAT_RESPONSES_QUEUE,
  type ChatRequest,
  type ChatResponse,
  chatRequestSchema,
  chatResponseSchema,
  toChatTurn,
} from '#shared/contracts'
import { AppError, toProblem } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import type { GivenUpMessage, MessageBus, MessageContext } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { activeTraceId } from '#shared/telemetry'

export interface AnswerChatRequestDeps {
  readonly gateway: HttpClient
  readonly bus: Pick<MessageBus, 'publish'>
  /** How often a message is tried. */
  readonly attemptsMax: number
  readonly stats: ServiceStats
}

export interface AnswerChatRequest {
  /** Has one request answered by the gateway and publishes the answer. */
  handle(request: ChatRequest, context: MessageContext): Promise<void>
  /** Publishes that a request was given up, so that whoever waits for its answer learns it. */
  giveUp(message: GivenUpMessage): Promise<void>
}

/**
 * Answers chat requests. A request may come again after its answer was published: the gateway then answers what is
 * kept, and an answer that was published before is left alone.
 */
export function createAnswerChatRequest(deps: AnswerChatRequestDeps): AnswerChatRequest {
  return {
    async handle(request, { attempt, enqueuedAt, signal }) {
      deps.stats.record('chat_wait', Math.max(0, Date.now() - enqueuedAt))
      const body = { ...request, attempt, is_last_attempt: attempt >= deps.attemptsMax }
      const answer = await deps.gateway.post('/answer', body, {
        schema: answerSchema,
        signal,
        idempotent: true,
      })
      await publish(deps, {
        status: 'answered',
        request_id: request.request_id,
        turn: toChatTurn(request),
        attempts: attempt,
        answered_at: new Date().toISOString(),
        answer,
      })
      deps.stats.increment('chats_answered')
    },

    async giveUp({ message, attempt, error }) {
      const request = readRequest(message.body)
      const traceId = activeTraceId()
      await publish(deps, {
        status: 'failed',
        request_id: message.id,
        turn: request === undefined ? null : toChatTurn(request),
        attempts: attempt,
        answered_at: new Date().toISOString(),
        problem: toProblem(error, traceId === undefined ? {} : { traceId }),
      })
      deps.stats.increment('chats_failed')
    },
  }
}

/**
 * A request is answered once, so its answer has an id made of the request's. It may fail more than once, each time
 * that its message is replayed.
 */
async function publish({ bus }: AnswerChatRequestDeps, response: ChatResponse): Promise<void> {
  try {
    await bus.publish({
      queue: CHAT_RESPONSES_QUEUE,
      ...(response.status === 'answered' && { id: `${response.request_id}.answered` }),
      body: response,
      schema: chatResponseSchema,
      conversationId: response.request_id,
    })
  } catch (error) {
    // An earlier delivery of the same request published its own: that one counts.
    if (!(error instanceof AppError && error.code === 'request-conflict')) throw error
  }
}

/** A message may be given up because it cannot be read. */
function readRequest(body: Uint8Array): ChatRequest | undefined {
  try {
    return chatRequestSchema.safeParse(JSON.parse(Buffer.from(body).toString('utf8'))).data
  } catch {
    return undefined
  }
}
