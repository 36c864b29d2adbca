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
import { abortedWhenClosed, parseBody, parseInput } from '#shared/http'
import { DEAD_LETTERS_FOUND, nameSchema } from '../queue-name'
import type { ClaimMessages } from './claim-messages'
import type { SendMessages } from './send-messages'
import type { SettleMessages } from './settle-messages'

export interface WorkerUseCases {
  readonly claimMessages: ClaimMessages
  readonly settleMessages: SettleMessages
  readonly sendMessages: SendMessages
  /** @throws AppError `queue-not-found` */
  readonly assertKnown: (queue: string) => Promise<void>
  readonly isOffered: (queue: string) => boolean
}

export interface WorkerLimits {
  /** Settlements, and messages sent, in one call. */
  readonly stepsMax: number
}

const exchangeParameters = z.object({ name: nameSchema })

/** What workers in other processes do: claim messages, settle them and send others. */
export function addWorkerRoutes(router: Router, useCases: WorkerUseCases, { stepsMax }: WorkerLimits): void {
  const { claimMessages, settleMessages, sendMessages, assertKnown, isOffered } = useCases
  const queueParameters = z.object({ name: nameSchema.refine(isOffered, DEAD_LETTERS_FOUND) })
  const settleBody = settleBodySchema({ countMax: stepsMax }).superRefine(({ settlements }, context) => {
    for (const [index, { queue }] of settlements.entries()) {
      if (isOffered(queue)) continue
      context.addIssue({ code: 'custom', message: DEAD_LETTERS_FOUND, path: ['settlements', index, 'queue'] })
    }
  })
  const sendBody = sendBodySchema({ countMax: stepsMax })
  const publishBody = publishBodySchema({ countMax: stepsMax })
  const queueOf = (request: Request) => parseInput(queueParameters, request.params).name

  router.post('/queues/settle', async (request, response) => {
    response.json({ results: await settleMessages(parseBody(settleBody, request).settlements) })
  })
  router.post('/queues/:name/claim', async (request, response) => {
    const body = parseBody(claimBodySchema, request)
    await claimMessages.claim(
      queueOf(request),
      body,
      (answer) => hand(answer, response),
      abortedWhenClosed(response),
    )
  })
  router.post('/queues/:name/claim/end', async (request, response) => {
    claimMessages.end(queueOf(request), parseBody(endClaimsBodySchema, request))
    response.json({})
  })
  router.post('/queues/:name/messages', async (request, response) => {
    const queue = queueOf(request)
    await assertKnown(queue)
    response.json({ results: await sendMessages.toQueue(queue, parseBody(sendBody, request).messages) })
  })
  router.post('/exchanges/:name/messages', async (request, response) => {
    const { name } = parseInput(exchangeParameters, request.params)
    const { messages } = parseBody(publishBody, request)
    response.json({ results: await sendMessages.toExchange(name, messages) })
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

/** Answers, and tells whether all of it was handed to the connection while that was there. */
function hand(answer: ClaimedJson, response: Response): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.closed || response.destroyed) return resolve(false)
    response.once('finish', () => resolve(true))
    response.once('close', () => resolve(response.writableFinished))
    response.json(answer)
  })
}
