import type { Request, Router } from 'express'
import { z } from 'zod'
import { purgeBodySchema, replayBodySchema } from '#shared/contracts'
import { parseBody, parseInput, requireBearer } from '#shared/http'
import type { PurgeQueue } from './purge-queue'
import { workQueueSchema } from './queue-name'
import type { ReadDeadLetters } from './read-dead-letters'
import type { ReadQueues } from './read-queues'
import type { ReplayDeadLetters } from './replay-dead-letters'

export interface OperationsUseCases {
  /** Where the messages are. */
  readonly driver: string
  readonly readQueues: ReadQueues
  readonly readDeadLetters: ReadDeadLetters
  readonly purgeQueue: PurgeQueue
  readonly replayDeadLetters: ReplayDeadLetters
}

export interface OperationsLimits {
  /** Dead letters in one page. */
  readonly pageMax: number
  /** Dead letters that one call replays. */
  readonly replayMax: number
  /** Needed to change anything; everybody may when there is none. */
  readonly adminToken: string | undefined
}

const PAGE_LIMIT = 20
const PAGE_MARK_LENGTH_MAX = 500

const queueParameters = z.object({ name: workQueueSchema })

/** What operators do: look at queues, purge them, look at dead letters and replay them. */
export function addOperationsRoutes(
  router: Router,
  { driver, readQueues, readDeadLetters, purgeQueue, replayDeadLetters }: OperationsUseCases,
  { pageMax, replayMax, adminToken }: OperationsLimits,
): void {
  const page = z.object({
    limit: z.coerce.number().int().min(1).max(pageMax).default(Math.min(PAGE_LIMIT, pageMax)),
    after: z.string().min(1).max(PAGE_MARK_LENGTH_MAX).optional(),
  })
  const replay = replayBodySchema({ countMax: replayMax })
  const requireAdmin = requireBearer(adminToken, 'queue operations')

  router.get('/queues', async (_request, response) => {
    response.json({ driver, queues: await readQueues.all() })
  })
  router.get('/queues/:name', async (request, response) => {
    response.json(await readQueues.one(queueOf(request)))
  })
  router.get('/queues/:name/dead-letters', async (request, response) => {
    response.json(await readDeadLetters(queueOf(request), parseInput(page, request.query)))
  })
  router.post('/queues/:name/purge', requireAdmin, async (request, response) => {
    response.json(await purgeQueue(queueOf(request), parseBody(purgeBodySchema, request)))
  })
  router.post('/queues/:name/replay', requireAdmin, async (request, response) => {
    response.json(await replayDeadLetters(queueOf(request), parseBody(replay, request)))
  })
}

function queueOf(request: Request): string {
  return parseInput(queueParameters, request.params).name
}
