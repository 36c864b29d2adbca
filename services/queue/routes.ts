import { Router } from 'express'
import { enqueueBodySchema } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { parseBody } from '#shared/http'
import type { EnqueueMessage } from './enqueue-message'
import type { ReadMessageStatus } from './read-message-status'
import type { ReadQueues } from './read-queues'

export interface QueueUseCases {
  readonly enqueueMessage: EnqueueMessage
  readonly readMessageStatus: ReadMessageStatus
  readonly readQueues: ReadQueues
}

export function queueRoutes(useCases: QueueUseCases): Router {
  const router = Router()

  router.post('/enqueue', async (request, response) => {
    response.status(202).json(await useCases.enqueueMessage(parseBody(enqueueBodySchema, request)))
  })
  router.get('/status/:message_id', async (request, response) => {
    const status = await useCases.readMessageStatus(request.params.message_id)
    if (status === undefined)
      throw new AppError('message-not-found', { detail: 'the queue knows no such message' })
    response.json(status)
  })
  router.get('/queues', async (_request, response) => {
    response.json({ queues: await useCases.readQueues() })
  })
  router.get('/queues/:name', async (request, response) => {
    const { name } = request.params
    const queue = (await useCases.readQueues()).find((one) => one.name === name)
    if (queue === undefined) throw new AppError('queue-not-found', { detail: `there is no queue ${name}` })
    response.json(queue)
  })
  return router
}
