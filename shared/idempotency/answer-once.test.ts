import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import express from 'express'
import { AppError } from '#shared/errors'
import { answerWithProblem, createHttpClient } from '#shared/http'
import { createLogger } from '#shared/telemetry'
import { temporaryFolder } from '../sqlite/testing/temporary-folder'
import { type Claim, createAnswerOnce, type OnceReply } from './answer-once'
import { addIdempotencyRoutes } from './idempotency-routes'
import type { IdempotencyStore } from './idempotency-store'
import { createRemoteIdempotencyStore } from './remote-idempotency-store'
import { openIdempotencyStore } from './sqlite-idempotency-store'

const CONFIG = {
  IDEMPOTENCY_RETENTION_MS: 60_000,
  IDEMPOTENCY_KEYS_MAX: 100,
  IDEMPOTENCY_LEASE_MS: 60_000,
}
const logger = createLogger({ service: 'test', level: 'silent', format: 'json' })

function aLocalStore(t: TestContext): IdempotencyStore {
  const store = openIdempotencyStore({ dataDir: temporaryFolder(t), owner: 'test', config: CONFIG })
  t.after(() => store.close())
  return store
}

async function aRemoteStore(t: TestContext): Promise<IdempotencyStore> {
  const app = express().use(express.json())
  addIdempotencyRoutes(app, aLocalStore(t))
  const baseUrl = await listen(t, app.use(answerWithProblem(logger)).listen(0, '127.0.0.1'))
  const client = createHttpClient({ service: 'owner', baseUrl, timeoutMs: 60_000, socketsMax: 8 })
  t.after(() => client.close())
  return createRemoteIdempotencyStore(client)
}

async function listen(t: TestContext, server: Server): Promise<string> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Work = (claim: Claim) => Promise<OnceReply>

/** An endpoint that does `work`, and counts how often. */
async function serve(t: TestContext, store: IdempotencyStore, work: Work) {
  const claims: Claim[] = []
  const answerOnce = createAnswerOnce({ store, logger })
  const app = express().use(express.json())
  app.post('/work', (request, response) =>
    answerOnce('work', request, response, (claim) => {
      claims.push(claim)
      return work(claim)
    }),
  )
  const url = await listen(t, app.use(answerWithProblem(logger)).listen(0, '127.0.0.1'))
  const post = async (key: string | undefined, body: unknown = { a: 1 }) => {
    const response = await fetch(`${url}/work`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    })
    return {
      status: response.status,
      location: response.headers.get('location'),
      replayed: response.headers.get('idempotent-replayed'),
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as Record<string, unknown>,
    }
  }
  return { post, claims }
}

const accept: Work = async ({ id }) => ({
  status: 202,
  headers: { Location: `/things/${id}` },
  body: { id, note: undefined },
})

for (const [kind, openStore] of [
  ['a file of its own', aLocalStore],
  ['another service', aRemoteStore],
] as const) {
  describe(`an endpoint whose keys are kept in ${kind}`, () => {
    test('does its work once for a key and gives the same answer again', async (t) => {
      const { post, claims } = await serve(t, await openStore(t), accept)

      const first = await post('k-1')
      const second = await post('"k-1"')

      assert.equal(first.status, 202)
      assert.equal(first.replayed, null)
      assert.deepEqual(second, { ...first, replayed: 'true' })
      assert.equal(first.location, `/things/${first.body.id}`)
      assert.equal(claims.length, 1)
    })

    test('does its work every time without a key, under another claim', async (t) => {
      const { post, claims } = await serve(t, await openStore(t), accept)

      await post(undefined)
      await post(undefined)

      assert.equal(new Set(claims.map(({ id }) => id)).size, 2)
    })

    test('refuses another body, and lets the first through again', async (t) => {
      const { post } = await serve(t, await openStore(t), accept)
      await post('k-1', { a: 1, b: 2 })

      const reused = await post('k-1', { a: 2, b: 2 })
      const reordered = await post('k-1', { b: 2, a: 1 })

      assert.equal(reused.status, 422)
      assert.equal(reused.body.code, 'idempotency-key-reused')
      assert.equal(reused.body.retryable, false)
      assert.equal(reordered.replayed, 'true')
    })

    test('says of a request in flight that it is, and when to come again', async (t) => {
      const begun = Promise.withResolvers<void>()
      const mayEnd = Promise.withResolvers<void>()
      const { post, claims } = await serve(t, await openStore(t), async (claim) => {
        begun.resolve()
        await mayEnd.promise
        return accept(claim)
      })
      const first = post('k-1')
      await begun.promise

      const second = await post('k-1')
      mayEnd.resolve()

      assert.equal(second.status, 409)
      assert.equal(second.body.code, 'idempotency-key-in-use')
      assert.equal(second.body.retryable, true)
      assert.equal(second.retryAfter, '1')
      assert.equal((await first).status, 202)
      assert.equal((await post('k-1')).replayed, 'true')
      assert.equal(claims.length, 1)
    })

    test('keeps no error: the next one does the work, under the same claim', async (t) => {
      let isDown = true
      const { post, claims } = await serve(t, await openStore(t), async (claim) => {
        if (isDown) throw new AppError('service-unavailable', { service: 'queue_service' })
        return accept(claim)
      })

      const failed = await post('k-1')
      isDown = false
      const second = await post('k-1')

      assert.equal(failed.status, 503)
      assert.equal(second.status, 202)
      assert.equal(second.replayed, null)
      assert.deepEqual(claims[0], claims[1])
    })

    test('refuses a key that is none before it does anything', async (t) => {
      const { post, claims } = await serve(t, await openStore(t), accept)

      const { status, body } = await post('two words')

      assert.equal(status, 400)
      assert.match(String(body.detail), /Idempotency-Key/)
      assert.equal(claims.length, 0)
    })
  })
}

test('what cannot be kept is answered all the same', async (t) => {
  const local = aLocalStore(t)
  const store: IdempotencyStore = {
    begin: (request) => local.begin(request),
    end: () => Promise.reject(new AppError('storage-full')),
  }
  const { post } = await serve(t, store, accept)

  assert.equal((await post('k-1')).status, 202)
})

test('without the store of the keys a request with one is refused, and one without goes on', async (t) => {
  const unreachable = () =>
    Promise.reject(new AppError('service-unavailable', { service: 'storage_service' }))
  const { post, claims } = await serve(t, { begin: unreachable, end: unreachable }, accept)

  const refused = await post('k-1')

  assert.equal(refused.status, 503)
  assert.equal(refused.body.service, 'storage_service')
  assert.equal(claims.length, 0)
  assert.equal((await post(undefined)).status, 202)
})
