import { Router } from 'express'
import {
  type EventOutcome,
  enqueueBodySchema,
  type PathwaySnapshot,
  pathwaySnapshotSchema,
} from '#shared/contracts'
import { AppError } from '#shared/errors'
import { parseBody } from '#shared/http'
import type { AnswerOnce } from '#shared/idempotency'
import type { EnqueueMessage } from './enqueue-message'
import { identifyEvents } from './identify-events'
import { addOperationsRoutes, type OperationsLimits, type OperationsUseCases } from './operations-routes'
import type { PublishEvents } from './publish-events'
import { readEventBatch } from './read-event-batch'
import type { ReadMessageStatus } from './read-message-status'
import type { WorkerApi } from './workers/create-worker-api'

export interface QueueUseCases extends OperationsUseCases {
  readonly answerOnce: AnswerOnce
  readonly enqueueMessage: EnqueueMessage
  readonly publishEvents: PublishEvents
  readonly readMessageStatus: ReadMessageStatus
  readonly workerApi: Pick<WorkerApi, 'addRoutes'>
  /** Takes what a process without a port has seen of pathways, and says of how many such processes it knows. */
  readonly takePathways: (snapshot: PathwaySnapshot) => number
}

export interface QueueLimits extends OperationsLimits {
  /** Events that one call may have. */
  readonly eventsBatchMax: number
}

export function queueRoutes(useCases: QueueUseCases, limits: QueueLimits): Router {
  const router = Router()
  const enqueueBody = enqueueBodySchema(limits)
  const { answerOnce } = useCases

  router.post('/enqueue', (request, response) => {
    const body = parseBody(enqueueBody, request)
    return answerOnce('enqueue', request, response, async () => {
      const enqueued = await useCases.enqueueMessage(body)
      return { status: 202, body: enqueued, isFinal: !mayTakeMore(enqueued.events) }
    })
  })
  router.post('/events', (request, response) => {
    const batch = readEventBatch(request, limits.eventsBatchMax)
    return answerOnce('events', request, response, async (claim) => {
      const published = await useCases.publishEvents(identifyEvents(batch, claim))
      const status = published.rejected === 0 ? 202 : 207
      return { status, body: published, isFinal: !mayTakeMore(published.events) }
    })
  })
  router.get('/status/:message_id', async (request, response) => {
    const status = await useCases.readMessageStatus(request.params.message_id)
    if (status === undefined)
      throw new AppError('message-not-found', { detail: 'the queue knows no such message' })
    response.json(status)
  })
  router.post('/pathways', (request, response) => {
    response.json({ instances: useCases.takePathways(parseBody(pathwaySnapshotSchema, request)) })
  })
  addOperationsRoutes(router, useCases, limits)
  useCases.workerApi.addRoutes(router)
  return router
}

/** Whether an event that was refused may be taken when all is sent again. */
function mayTakeMore(events: readonly EventOutcome[]): boolean {
  return events.some(({ error }) => error?.retryable === true)
}
