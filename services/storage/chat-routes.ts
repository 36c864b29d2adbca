import type { Router } from 'express'
import { z } from 'zod'
import { beginTurnBodySchema, chatTurnSchema, pageCursorSchema } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { abortedWhenClosed, parseBody, parseInput } from '#shared/http'
import type { BeginChatTurn } from './begin-chat-turn'
import type { ReadConversation } from './read-conversation'
import type { ReadProgress } from './read-progress'
import type { RegisterChatTurn } from './register-chat-turn'

export interface ChatUseCases {
  readonly registerChatTurn: RegisterChatTurn
  readonly beginChatTurn: BeginChatTurn
  readonly readProgress: ReadProgress
  readonly readConversation: ReadConversation
}

export interface ChatRouteOptions {
  readonly pageMax: number
  readonly waitMaxMs: number
  /** Aborts when a shutdown begins: who waits is answered with what there is. */
  readonly stopping: AbortSignal
}

const PAGE_SIZE = 50

export function addChatRoutes(router: Router, useCases: ChatUseCases, options: ChatRouteOptions): void {
  const progressQuery = z.object({
    after: z.coerce.number().int().min(0).optional(),
    wait_ms: z.coerce.number().int().min(0).max(options.waitMaxMs).default(0),
  })
  const conversationQuery = z.object({
    limit: z.coerce.number().int().min(1).max(options.pageMax).default(Math.min(PAGE_SIZE, options.pageMax)),
    after: pageCursorSchema('next_after').optional(),
  })

  router.post('/chat-requests', async (request, response) => {
    const turn = parseBody(chatTurnSchema, request)
    await useCases.registerChatTurn(turn)
    response.status(201).json({ request_id: turn.request_id })
  })
  router.post('/chat-requests/begin', async (request, response) => {
    const turn = parseBody(beginTurnBodySchema, request)
    const bounded = { ...turn, wait_ms: Math.min(turn.wait_ms, options.waitMaxMs) }
    const signal = AbortSignal.any([abortedWhenClosed(response), options.stopping])
    response.json(await useCases.beginChatTurn(bounded, signal))
  })
  router.get('/progress/:request_id', async (request, response) => {
    const { after, wait_ms } = parseInput(progressQuery, request.query)
    const signal = AbortSignal.any([abortedWhenClosed(response), options.stopping])
    const id = request.params.request_id
    const progress = await useCases.readProgress(id, { after, waitMs: wait_ms }, signal)
    if (progress === undefined)
      throw new AppError('request-not-found', { detail: 'nothing is stored under this id' })
    response.json(progress)
  })
  router.get('/conversations/:conversation_id', (request, response) => {
    const page = parseInput(conversationQuery, request.query)
    response.json(useCases.readConversation(request.params.conversation_id, page))
  })
}
