import { beginningSchema, endedSchema } from '#shared/contracts'
import type { HttpClient } from '#shared/http'
import type { IdempotencyStore } from './idempotency-store'

/** The keys that another service keeps, by its `POST /idempotency/begin` and `/idempotency/end`. */
export function createRemoteIdempotencyStore(owner: HttpClient): IdempotencyStore {
  return {
    begin: (request) =>
      owner.post('/idempotency/begin', request, { schema: beginningSchema, idempotent: true }),
    async end(ending) {
      const { ended } = await owner.post('/idempotency/end', ending, {
        schema: endedSchema,
        idempotent: true,
      })
      return ended
    },
  }
}
