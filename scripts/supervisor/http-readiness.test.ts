import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { isHttpReady } from './http-readiness'

const never = new AbortController().signal

test('200 is ready, 503 and silence are not', async (t) => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/ready' ? 200 : 503
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.after(() => server.close())

  assert.equal(await isHttpReady(`${url}/ready`, never), true)
  assert.equal(await isHttpReady(`${url}/starting`, never), false)

  server.close()
  await once(server, 'close')
  assert.equal(await isHttpReady(`${url}/ready`, never), false)
})

test('an aborted probe is not ready', async () => {
  assert.equal(await isHttpReady('http://127.0.0.1:9', AbortSignal.abort()), false)
})
