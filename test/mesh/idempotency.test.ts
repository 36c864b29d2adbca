import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Answer, ChatAccepted } from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { answered, postJson, processed, QUESTION } from '../support/ask'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { type Mesh, startMesh } from '../support/mesh'
import { storedRows } from '../support/stored-rows'

describe('an Idempotency-Key of the gateway', () => {
  let query: FaultyService
  let mesh: Mesh

  before(async () => {
    query = await startFaultyService()
    mesh = await startMesh({ env: { QUERY_SERVICE_URL: query.url } })
  })

  beforeEach(() => query.passTo(mesh.urlOf('query')))

  after(async () => {
    await mesh?.stop()
    await query?.close()
  })

  const post = <Body = Answer>(path: string, key: string, body: unknown = { user_input: QUESTION }) =>
    postJson<Body>(mesh.url + path, body, { 'idempotency-key': key })
  const countRows = (table: string) =>
    storedRows<{ count: number }>(mesh, 'storage.db', `SELECT count(*) AS count FROM ${table}`)[0]?.count ?? 0

  test('gives the same answer again, after a restart of the gateway too, and does nothing twice', async () => {
    const before = countRows('processed_requests')
    const first = await post('/api/generate-query', '"k-1a"')
    assert.equal(first.status, 200)
    assert.equal(first.headers.get('idempotent-replayed'), null)
    await processed(mesh.url, first.body.request_id)
    await mesh.kill('gateway', 'SIGKILL')
    await mesh.start('gateway')

    const again = await post('/api/generate-query', 'k-1a')

    assert.equal(again.status, 200)
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(again.body, first.body)
    assert.notEqual(again.headers.get('x-trace-id'), first.body.trace_id)
    assert.equal(countRows('processed_requests'), before + 1)
  })

  test('with another body is a 422, with another key another request', async () => {
    const first = await post('/api/generate-query', 'k-2ba')

    const reused = await post<Problem>('/api/generate-query', 'k-2ba', { user_input: 'slowest endpoints' })
    const other = await post('/api/generate-query', 'k-2b')

    assert.deepEqual([reused.status, reused.body.code], [422, 'idempotency-key-reused'])
    assert.match(reused.body.detail ?? '', /another body/)
    assert.notEqual(other.body.request_id, first.body.request_id)
  })

  test('while the first is in flight is a 409 that may be sent again', async () => {
    const release = query.holdBefore(mesh.urlOf('query'))
    const both = [0, 1].map(() => post<Problem>('/api/generate-query', 'k-3a'))

    const refused = await Promise.race(both)
    release()

    assert.deepEqual(
      [refused.status, refused.body.code, refused.body.retryable],
      [409, 'idempotency-key-in-use', true],
    )
    assert.equal(refused.headers.get('retry-after'), '1')
    assert.deepEqual((await Promise.all(both)).map(({ status }) => status).sort(), [200, 409])
    assert.equal((await post('/api/generate-query', 'k-3a')).headers.get('idempotent-replayed'), 'true')
  })

  test('of a request that failed is free again', async () => {
    query.failWith('bad-gateway', 'the test broke it')
    assert.equal((await post('/api/generate-query', 'k-4a')).status, 503)
    query.passTo(mesh.urlOf('query'))

    const again = await post('/api/generate-query', 'k-4a')

    assert.equal(again.status, 200)
    assert.equal(again.headers.get('idempotent-replayed'), null)
  })

  test('accepts a chat request once', async () => {
    const before = countRows('chat_requests')
    const first = await post<ChatAccepted>('/api/chat', 'k-5a')
    await answered(mesh.url, first.body.request_id)

    const again = await post<ChatAccepted>('/api/chat', 'k-5a')

    assert.equal(again.status, 202)
    assert.deepEqual(again.body, first.body)
    assert.equal(again.headers.get('location'), first.headers.get('location'))
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.equal(countRows('chat_requests'), before + 1)
    const elsewhere = await post('/api/generate-query', 'k-5a')
    assert.notEqual(elsewhere.body.request_id, first.body.request_id, 'a key belongs to its endpoint')
  })

  test('that is none is refused, and so is any while storage is away', async () => {
    const bad = await post<Problem>('/api/generate-query', 'two words')
    assert.deepEqual([bad.status, bad.body.code], [400, 'invalid-request'])
    assert.match(bad.body.detail ?? '', /Idempotency-Key/)

    await mesh.kill('storage', 'SIGKILL')
    const { status, body } = await post<Problem>('/api/generate-query', 'k-6a')
    assert.deepEqual([status, body.service], [503, 'storage_service'])
    const without = await postJson(`${mesh.url}/api/generate-query`, { user_input: QUESTION })
    assert.equal(without.status, 200)
    await mesh.start('storage')
  })
})
