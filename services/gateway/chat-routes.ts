import type { Request, Response, Router } from 'express'
import { z } from 'zod'
import {
  answerBodySchema,
  type ChatLimits,
  chatBodySchema,
  idSchema,
  pageCursorSchema,
} from '#shared/contracts'
import { AppError } from '#shared/errors'
import { abortedWhenClosed, openEventStream, parseBody, parseInput } from '#shared/http'
import type { AnswerOnce } from '#shared/idempotency'
import { continuePathway } from '#shared/pathways'
import { PATHWAY_HEADER } from '#shared/telemetry'
import type { AcceptChatRequest } from './accept-chat-request'
import type { AnswerChatRequest } from './answer-chat-request'
import { followRequest, newEvents, waitForAnswer } from './follow-request'
import { createPlaces } from './places'
import type { ReadConversation } from './read-conversation'
import { isFinished, readLastEventId } from './request-events'
import type { RequestReader } from './request-reader'

export interface ChatUseCases {
  readonly acceptChatRequest: AcceptChatRequest
  readonly answerChatRequest: AnswerChatRequest
  readonly answerOnce: AnswerOnce
  readonly requests: RequestReader
  readonly readConversation: ReadConversation
}

export interface ChatRouteOptions extends ChatLimits {
  readonly longPollMaxMs: number
  readonly longPollsMax: number
  readonly streamsMax: number
  readonly streamDurationMaxMs: number
  readonly heartbeatMs: number
  readonly retryMs: number
  /** Aborts when a shutdown begins: streams end, and who waits is answered with what there is. */
  readonly stopping: AbortSignal
}

const STREAMS_RETRY_AFTER_SECONDS = 5

/** Adds everything that belongs to questions which are answered later. */
export function addChatRoutes(router: Router, useCases: ChatUseCases, options: ChatRouteOptions): void {
  const chatBody = chatBodySchema(options)
  const pollQuery = z.object({ wait_ms: z.coerce.number().int().min(0).default(0) })
  const pageQuery = z.object({
    limit: z.coerce.number().int().min(1).optional(),
    after: pageCursorSchema('next_after').optional(),
  })
  const streams = createPlaces(options.streamsMax)
  const longPolls = createPlaces(options.longPollsMax)

  router.post('/api/chat', async (request, response) => {
    const body = parseBody(chatBody, request)
    await useCases.answerOnce('chat', request, response, async (claim) =>
      toAcceptedReply(await useCases.acceptChatRequest(body, claim)),
    )
  })
  router.post('/answer', async (request, response) => {
    const body = parseBody(answerBodySchema, request)
    const answer = () => useCases.answerChatRequest(body, abortedWhenClosed(response))
    response.json(await continuePathway(request.headers[PATHWAY_HEADER], answer))
  })
  router.get('/api/requests/:request_id', async (request, response) => {
    const { status } = await useCases.requests.read(knownId(request))
    const { answer: _, ...withoutAnswer } = status
    response.json(withoutAnswer)
  })
  router.get('/api/chat/poll/:request_id', async (request, response) => {
    const { wait_ms } = parseInput(pollQuery, request.query)
    const snapshot = await useCases.requests.read(knownId(request))
    const giveBack = wait_ms > 0 ? longPolls.take() : undefined
    try {
      const waitMs = giveBack === undefined ? 0 : Math.min(wait_ms, options.longPollMaxMs)
      const signal = whileWanted(response)
      response.json(await waitForAnswer(useCases.requests, snapshot, waitMs, signal))
    } finally {
      giveBack?.()
    }
  })
  router.get('/api/requests/:request_id/events', async (request, response) => {
    const lastEventId = readLastEventId(request.get('last-event-id'))
    const giveBack = streams.take()
    if (giveBack === undefined) {
      throw new AppError('streams-exhausted', {
        detail: `${options.streamsMax} event streams are open, which is as many as may be`,
        retryAfterSeconds: STREAMS_RETRY_AFTER_SECONDS,
      })
    }
    try {
      const snapshot = await useCases.requests.read(knownId(request))
      await stream(response, snapshot, lastEventId, request.method === 'HEAD')
    } finally {
      giveBack()
    }
  })
  router.get('/api/conversations/:conversation_id', async (request, response) => {
    const page = parseInput(pageQuery, request.query)
    const id = request.params.conversation_id
    if (!idSchema.safeParse(id).success)
      throw new AppError('conversation-not-found', { detail: 'no conversation has such an id' })
    response.json(await useCases.readConversation(id, page))
  })

  const whileWanted = (response: Response) => AbortSignal.any([abortedWhenClosed(response), options.stopping])

  async function stream(
    response: Response,
    snapshot: Awaited<ReturnType<RequestReader['read']>>,
    lastEventId: number,
    isHead: boolean,
  ): Promise<void> {
    // 204 is what keeps an EventSource from coming again.
    if (isFinished(snapshot.status) && newEvents(snapshot.status, lastEventId).length === 0) {
      response.status(204).end()
      return
    }
    const signal = whileWanted(response)
    const events = openEventStream(response, options)
    try {
      if (isHead) return
      const { requests: reader } = useCases
      const { longPollMaxMs: waitMaxMs, streamDurationMaxMs: durationMaxMs } = options
      const emit = events.send
      await followRequest({ reader, waitMaxMs, durationMaxMs }, snapshot, lastEventId, emit, signal)
    } finally {
      events.end()
    }
  }
}

export function toAcceptedReply(accepted: Awaited<ReturnType<AcceptChatRequest>>) {
  return {
    status: 202,
    headers: { Location: `/api/requests/${accepted.request_id}` },
    body: accepted,
  }
}

/** An id that cannot be one is as unknown as any other. */
function knownId(request: Request<{ request_id: string }>): string {
  const { request_id } = request.params
  if (idSchema.safeParse(request_id).success) return request_id
  throw new AppError('request-not-found', { detail: 'no request has such an id' })
}
