import { type Request, Router } from 'express'
import { z } from 'zod'
import { feedbackBodySchema, processingDataSchema, type TextLimits, timestampSchema } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { parseBody, parseInput } from '#shared/http'
import type { ReadAnalytics } from './analytics'
import type { RequestStore } from './request-store'
import type { StoreFeedback } from './store-feedback'
import type { StoreProcessingData } from './store-processing-data'

export interface StorageUseCases {
  readonly storeProcessingData: StoreProcessingData
  readonly storeFeedback: StoreFeedback
  readonly readAnalytics: ReadAnalytics
  readonly requests: RequestStore
}

export interface StorageLimits extends TextLimits {
  readonly pageMax: number
}

export function storageRoutes(useCases: StorageUseCases, limits: StorageLimits): Router {
  const router = Router()
  const feedback = feedbackBodySchema(limits)
  const page = z.object({
    limit: z.coerce.number().int().min(1).max(limits.pageMax).default(Math.min(50, limits.pageMax)),
    before: timestampSchema.optional(),
  })
  const parsePage = (request: Request) => parseInput(page, request.query)

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
    const { limit, before } = parsePage(request)
    const requests = useCases.requests.list(limit, before)
    response.json({ requests, next_before: requests.length === limit ? requests.at(-1)?.created_at : null })
  })
  router.get('/conversations/:conversation_id', (request, response) => {
    const { limit } = parsePage(request)
    const id = request.params.conversation_id
    response.json({ conversation_id: id, turns: useCases.requests.listConversation(id, limit) })
  })
  router.get('/analytics', (_request, response) => {
    response.json(useCases.readAnalytics())
  })
  return router
}
