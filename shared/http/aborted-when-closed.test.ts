import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import express, { type Response } from 'express'
import { AppError } from '#shared/errors'
import { abortedWhenClosed } from './aborted-when-closed'

/** A response that nobody has answered yet, and its client. */
async function openRequest(t: TestContext) {
  const responses: Response[] = []
  const app = express()
  const server = createServer(app).listen(0, '127.0.0.1')
  t.after(() => server.close())
  const arrived = new Promise<void>((resolve) => {
    app.use((_request, response) => {
      responses.push(response)
      resolve()
    })
  })
  await once(server, 'listening')
  const client = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  client.on('error', () => {})
  await arrived
  return { response: responses[0] as Response, client }
}

test('aborts when the client goes', async (t) => {
  const { response, client } = await openRequest(t)
  const signal = abortedWhenClosed(response)
  assert.equal(signal.aborted, false)

  client.destroy()
  await once(response, 'close')

  assert.ok(signal.reason instanceof AppError && signal.reason.code === 'request-aborted')
})

test('is aborted from the beginning when the client has gone before', async (t) => {
  const { response, client } = await openRequest(t)
  client.destroy()
  await once(response, 'close')

  assert.ok(abortedWhenClosed(response).aborted)
})

test('does not abort behind an answer', async (t) => {
  const { response, client } = await openRequest(t)
  client.on('response', (message) => message.resume())
  const signal = abortedWhenClosed(response)

  response.end('done')
  await once(response, 'close')

  assert.equal(signal.aborted, false)
  assert.equal(abortedWhenClosed(response).aborted, false)
})
