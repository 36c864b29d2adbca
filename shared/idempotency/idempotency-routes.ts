import { Router } from 'express'
import { endingSchema, keyedRequestSchema } from '#shared/contracts'
import { parseBody } from '#shared/http'
import type { IdempotencyStore } from './idempotency-store'

/** What `createRemoteIdempotencyStore` calls. */
export function idempotencyRoutes(store: IdempotencyStore): Router {
  const router = Router()
  router.post('/idempotency/begin', async (request, response) => {
    response.json(await store.begin(parseBody(keyedRequestSchema, request)))
  })
  router.post('/idempotency/end', async (request, response) => {
    response.json({ ended: await store.end(parseBody(endingSchema, request)) })
  })
  return router
}
