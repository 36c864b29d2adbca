import { Router } from 'express'
import { enqueueBodySchema } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { parseBody } from '#shared/http'
import type { EnqueueMessage } from './enqueue-message'
import { addOperationsRoutes, type OperationsLimits, type OperationsUseCases } from './operations-routes'
import type { PublishEvents } from './publish-events'
import { readEventBatch } from './read-event-batch'
import type { ReadMessageStatus } from './read-message-status'

export interface QueueUseCases extends OperationsUseCases {
  readonly enqueueMessage: EnqueueMessage
  readonly publishEvents: PublishEvents
  readonly readMessageStatus: ReadMessageStatus
}

export interface QueueLimits extends OperationsLimits {
  /** Events that one call may have. */
  readonly eventsBatchMax: number
}

export function queueRoutes(useCases: QueueUseCases, limits: QueueLimits): Router {
  const router = Router()
  const enqueueBody = enqueueBodySchema(limits)

  router.post('/enqueue', async (request, response) => {
    response.status(202).json(await useCases.enqueueMessage(parseBody(enqueueBody, request)))
  })
  router.post('/events', async (request, response) => {
    const published = await useCases.publishEvents(readEventBatch(request, limits.eventsBatchMax))
    response.status(published.rejected === 0 ? 202 : 207).json(published)
  })
  router.get('/status/:message_id', async (request, response) => {
    const status = await useCases.readMessageStatus(request.params.message_id)
    if (status === undefined)
      throw new AppError('message-not-found', { detail: 'the queue knows no such message' })
    response.json(status)
  })
  addOperationsRoutes(router, useCases, limits)
  return router
}
