import type { Request, RequestHandler, Response, Router } from 'express'
import { z } from 'zod'
import {
  type ClaimedJson,
  claimBodySchema,
  endClaimsBodySchema,
  publishBodySchema,
  sendBodySchema,
  settleBodySchema,
} from '#shared/contracts'
import { parseBody, parseInput } from '#shared/http'
import { QUEUE_NAME } from '#shared/messaging'
import type { ClaimMessages } from './claim-messages'
import type { SendMessages } from './send-messages'
import type { SettleMessages } from './settle-messages'

export interface WorkerUseCases {
  readonly claimMessages: ClaimMessages
  readonly settleMessages: SettleMessages
  readonly sendMessages: SendMessages
  /** @throws AppError `queue-not-found` for a queue that is neither one of the mesh nor its dead letters */
  readonly assertKnown: (queue: string) => Promise<void>
}

export interface WorkerLimits {
  /** Settlements, and messages sent, in one call. */
  readonly stepsMax: number
}

const nameParameters = z.object({
  name: z.string().regex(QUEUE_NAME, 'expected letters, digits or any of . _ -'),
})

/** What workers in other processes do: claim messages, settle them and send others. */
export function addWorkerRoutes(router: Router, useCases: WorkerUseCases, { stepsMax }: WorkerLimits): void {
  const { claimMessages, settleMessages, sendMessages, assertKnown } = useCases
  const settleBody = settleBodySchema({ countMax: stepsMax })
  const sendBody = sendBodySchema({ countMax: stepsMax })
  const publishBody = publishBodySchema({ countMax: stepsMax })
  const knownQueueOf = async (request: Request) => {
    const name = nameOf(request)
    await assertKnown(name)
    return name
  }

  router.post('/queues/settle', async (request, response) => {
    response.json({ results: await settleMessages(parseBody(settleBody, request).settlements) })
  })
  router.post('/queues/:name/claim', async (request, response) => {
    const body = parseBody(claimBodySchema, request)
    await claimMessages.claim(nameOf(request), body, (answer) => hand(answer, response), goneSignal(response))
  })
  router.post('/queues/:name/claim/end', async (request, response) => {
    claimMessages.end(nameOf(request), parseBody(endClaimsBodySchema, request))
    response.json({})
  })
  router.post('/queues/:name/messages', async (request, response) => {
    const queue = await knownQueueOf(request)
    response.json({ results: await sendMessages.toQueue(queue, parseBody(sendBody, request).messages) })
  })
  router.post('/exchanges/:name/messages', async (request, response) => {
    const { messages } = parseBody(publishBody, request)
    response.json({ results: await sendMessages.toExchange(nameOf(request), messages) })
  })
}

/** In place of the routes above, where messages are kept by a broker. */
export function refuseWorkers(router: Router, refuse: () => never): void {
  const handler: RequestHandler = () => refuse()
  router.post('/queues/settle', handler)
  router.post('/queues/:name/claim', handler)
  router.post('/queues/:name/claim/end', handler)
  router.post('/queues/:name/messages', handler)
  router.post('/exchanges/:name/messages', handler)
}

function nameOf(request: Request): string {
  return parseInput(nameParameters, request.params).name
}

/** Aborts when the worker goes away before it has its answer. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

/** Answers, and tells whether all of it was handed to the connection while that was there. */
function hand(answer: ClaimedJson, response: Response): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.closed || response.destroyed) return resolve(false)
    response.once('finish', () => resolve(true))
    response.once('close', () => resolve(response.writableFinished))
    response.json(answer)
  })
}
