import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freePort } from '../supervisor/testing/free-port'
import { serve } from '../testing/serve'
import { callHttp, UnreachableError } from './http-call'

test('a body is sent as JSON and the answer comes back whatever its status', async (t) => {
  const server = await serve(t, (request) => ({
    status: 418,
    headers: { 'x-trace-id': 'abc' },
    body: { method: request.method, type: request.headers['content-type'], got: request.body },
  }))

  const reply = await callHttp(`${server.url}/tea`, { body: { a: 1 }, headers: { traceparent: 'x' } })

  assert.equal(reply.status, 418)
  assert.equal(reply.headers.get('x-trace-id'), 'abc')
  assert.deepEqual(reply.body, { method: 'POST', type: 'application/json', got: { a: 1 } })
  assert.equal(server.requests[0]?.headers.traceparent, 'x')
})

test('text that is no JSON comes back as text', async (t) => {
  const server = await serve(t, () => ({ status: 200, body: 'a waterfall' }))

  assert.equal((await callHttp(server.url)).body, 'a waterfall')
})

test('a refused connection names the address, the reason and the start command', async () => {
  const url = `http://127.0.0.1:${await freePort()}`

  await assert.rejects(callHttp(`${url}/api/health`), (error: Error) => {
    assert.ok(error instanceof UnreachableError)
    assert.equal(
      error.message,
      `nothing answers at ${url} (ECONNREFUSED); ./scripts/start.sh starts the mesh`,
    )
    return true
  })
})

test('an answer that does not come in time is no answer', async (t) => {
  const server = await serve(t, () => new Promise<never>(() => undefined))

  await assert.rejects(callHttp(server.url, { timeoutMs: 20 }), /no answer within 20 ms/)
})
