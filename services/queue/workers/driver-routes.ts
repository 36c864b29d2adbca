import type { Request, RequestHandler, Router } from 'express'
import { z } from 'zod'
import { type DriverMessageJson, driverReplayBodySchema } from '#shared/contracts'
import { parseBody, parseInput } from '#shared/http'
import { type MessageDriver, QUEUE_NAME, toWireJson } from '#shared/messaging'

export interface DriverRoutesDeps {
  readonly driver: MessageDriver
  /** How many take messages of a queue from outside of this process. */
  readonly countWorkers: (queue: string) => number
  /** Lets operators pass. */
  readonly requireAdmin: RequestHandler
  readonly limits: {
    /** Dead letters in one page. */
    readonly pageMax: number
    /** Dead letters that one call replays. */
    readonly replayMax: number
  }
}

const nameParameters = z.object({
  name: z.string().regex(QUEUE_NAME, 'expected letters, digits or any of . _ -'),
})

/**
 * The rest of `MessageDriver` for programs: what operators have under `/queues`, to the last byte and with no span
 * of its own.
 */
export function addDriverRoutes(
  router: Router,
  { driver, countWorkers, requireAdmin, limits }: DriverRoutesDeps,
): void {
  const page = z.object({
    limit: z.coerce.number().int().min(1),
    after: z.string().min(1).optional(),
  })
  const replayBody = driverReplayBodySchema({ countMax: limits.replayMax })

  router.get('/driver/queues', async (_request, response) => {
    response.json({ queues: await driver.queues() })
  })
  router.get('/driver/queues/:name/stats', async (request, response) => {
    const name = nameOf(request)
    const stats = await driver.stats(name)
    response.json({
      ready: stats.ready,
      delayed: stats.delayed ?? null,
      in_flight: stats.inFlight ?? null,
      dead_letters: stats.deadLetters,
      consumers: stats.consumers + countWorkers(name),
      oldest_age_ms: stats.oldestAgeMs ?? null,
    })
  })
  router.get('/driver/messages/:id', async (request, response) => {
    response.json(await readMessage(driver, request.params.id))
  })
  router.get('/driver/queues/:name/dead-letters', async (request, response) => {
    const { limit, after } = parseInput(page, request.query)
    const { deadLetters, next } = await driver.deadLetters(nameOf(request), {
      limit: Math.min(limit, limits.pageMax),
      ...(after !== undefined && { after }),
    })
    response.json({
      dead_letters: deadLetters.map(({ message, cause, attempts, deadAt }) => ({
        message: toWireJson(message),
        cause,
        attempts,
        dead_at: deadAt,
      })),
      next: next ?? null,
    })
  })
  router.post('/driver/queues/:name/purge', requireAdmin, async (request, response) => {
    response.json({ purged: await driver.purge(nameOf(request)) })
  })
  router.post('/driver/queues/:name/replay', requireAdmin, async (request, response) => {
    const { message_ids, limit, headers } = parseBody(replayBody, request)
    const replayed = await driver.replay(nameOf(request), {
      limit: Math.min(limit, limits.replayMax),
      headers,
      ...(message_ids !== undefined && { messageIds: message_ids }),
    })
    response.json({ message_ids: replayed })
  })
}

async function readMessage(driver: MessageDriver, id: string): Promise<DriverMessageJson> {
  const [record, message] = await Promise.all([driver.lookup(id), driver.peek(id)])
  return {
    record:
      record === undefined
        ? null
        : {
            queue: record.queue,
            state: record.state,
            attempts: record.attempts,
            enqueued_at: record.enqueuedAt,
            ...(record.finishedAt !== undefined && { finished_at: record.finishedAt }),
            ...(record.cause !== undefined && { cause: record.cause }),
          },
    message: message === undefined ? null : toWireJson(message),
  }
}

function nameOf(request: Request): string {
  return parseInput(nameParameters, request.params).name
}
