import type { Router } from 'express'
import { endingSchema, keyedRequestSchema } from '#shared/contracts'
import { parseBody } from '#shared/http'
import type { IdempotencyStore } from './idempotency-store'

/** Adds what `createRemoteIdempotencyStore` calls. */
export function addIdempotencyRoutes(router: Router, store: IdempotencyStore): void {
  router.post('/idempotency/begin', async (request, response) => {
    response.json(await store.begin(parseBody(keyedRequestSchema, request)))
  })
  router.post('/idempotency/end', async (request, response) => {
    response.json({ ended: await store.end(parseBody(endingSchema, request)) })
  })
}
