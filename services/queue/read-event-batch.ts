import type { Request } from 'express'
import { z } from 'zod'
import { eventListSchema } from '#shared/contracts'
import { parseBody, parseInput } from '#shared/http'
import type { EventBatch } from './publish-events'

/**
 * The events in the body of `POST /events`: one, or `{ "events": [ … ] }`.
 *
 * @throws AppError `invalid-request` for anything else, an empty list and one that is too long included
 */
export function readEventBatch(request: Request, batchMax: number): EventBatch {
  const body = parseBody(z.record(z.string(), z.unknown()), request)
  if (!Object.hasOwn(body, 'events')) return { inputs: [body], pointerOf: () => '' }
  const { events } = parseInput(
    z.object({ events: eventListSchema(batchMax).min(1, 'expected at least one event') }),
    body,
  )
  return { inputs: events, pointerOf: (index) => `/events/${index}` }
}
