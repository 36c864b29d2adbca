import { Router } from 'express'
import { z } from 'zod'
import {
  eventTypeSchema,
  feedbackBodySchema,
  idSchema,
  pageCursorSchema,
  processingDataSchema,
  type TextLimits,
  timestampSchema,
  toNextPageMark,
} from '#shared/contracts'
import { AppError } from '#shared/errors'
import { parseBody, parseInput } from '#shared/http'
import { addIdempotencyRoutes, type IdempotencyStore } from '#shared/idempotency'
import type { ReadAnalytics } from './analytics'
import { addChatRoutes, type ChatRouteOptions, type ChatUseCases } from './chat-routes'
import type { EventHistory } from './events/event-history'
import type { RequestStore } from './request-store'
import type { StoreFeedback } from './store-feedback'
import type { StoreProcessingData } from './store-processing-data'

export interface StorageUseCases extends ChatUseCases {
  readonly storeProcessingData: StoreProcessingData
  readonly storeFeedback: StoreFeedback
  readonly readAnalytics: ReadAnalytics
  readonly requests: RequestStore
  readonly history: Pick<EventHistory, 'list'>
  readonly idempotency: IdempotencyStore
}

export interface StorageLimits extends TextLimits, ChatRouteOptions {}

export function storageRoutes(useCases: StorageUseCases, limits: StorageLimits): Router {
  const router = Router()
  const feedback = feedbackBodySchema(limits)
  const limit = z.coerce.number().int().min(1).max(limits.pageMax).default(Math.min(50, limits.pageMax))
  const page = z.object({ limit, before: pageCursorSchema('next_before').optional() })
  const eventPage = page.extend({
    request_id: idSchema.optional(),
    conversation_id: idSchema.optional(),
    type: eventTypeSchema.optional(),
  })
  const analyticsRange = z.object({
    from: timestampSchema.optional(),
    to: timestampSchema.optional(),
    bucket: z.enum(['hour', 'day']).default('day'),
    limit,
  })

  router.post('/processing-data', async (request, response) => {
    const stored = await useCases.storeProcessingData(parseBody(processingDataSchema, request))
    response.status(stored.stored ? 201 : 200).json(stored)
  })
  router.post('/feedback', async (request, response) => {
    response.status(201).json(await useCases.storeFeedback(parseBody(feedback, request)))
  })
  router.get('/requests/:request_id', (request, response) => {
    const stored = useCases.requests.find(request.params.request_id)
    if (stored === undefined)
      throw new AppError('request-not-found', { detail: 'no result is stored under this id' })
    response.json(stored)
  })
  router.get('/history', (request, response) => {
    const { limit, before } = parseInput(page, request.query)
    const requests = useCases.requests.list(limit, before)
    const next = toNextPageMark(requests, limit, (last) => ({ time: last.created_at, id: last.request_id }))
    response.json({ requests, next_before: next })
  })
  router.get('/events', (request, response) => {
    const { limit, before, request_id, conversation_id, type } = parseInput(eventPage, request.query)
    const filter = { requestId: request_id, conversationId: conversation_id, eventType: type }
    const events = useCases.history.list(filter, limit, before)
    const next = toNextPageMark(events, limit, (last) => ({ time: last.occurred_at, id: last.event_id }))
    response.json({ events, next_before: next })
  })
  router.get('/analytics', (request, response) => {
    response.json(useCases.readAnalytics(parseInput(analyticsRange, request.query)))
  })
  addChatRoutes(router, useCases, limits)
  addIdempotencyRoutes(router, useCases.idempotency)
  return router
}
