import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import express, { type Response } from 'express'
import { type EventStream, openEventStream } from './event-stream'

async function serve(t: TestContext, work: (stream: EventStream, response: Response) => void) {
  const app = express()
  app.get('/', (_request, response) => {
    work(openEventStream(response, { retryMs: 1_500, heartbeatMs: 20 }), response)
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const get = (url: string) =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(url, resolve).once('error', reject)
  })

test('sends its hint, events with id, name and JSON, and closes its connection', async (t) => {
  const url = await serve(t, (stream) => {
    stream.send({ id: 1, name: 'accepted', data: { text: 'line\nline' } })
    stream.send({ id: 2, name: 'answered', data: null })
    stream.end()
  })

  const response = await get(url)

  assert.equal(response.statusCode, 200)
  assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8')
  assert.match(response.headers['cache-control'] ?? '', /no-cache/)
  assert.equal(response.headers.connection, 'close')
  assert.equal(
    await text(response),
    'retry: 1500\n\nid: 1\nevent: accepted\ndata: {"text":"line\\nline"}\n\nid: 2\nevent: answered\ndata: null\n\n',
  )
})

test('says that it lives while there is nothing to tell, and stops when its client goes', async (t) => {
  const closed = Promise.withResolvers<void>()
  const streams: EventStream[] = []
  const url = await serve(t, (stream, response) => {
    streams.push(stream)
    response.once('close', closed.resolve)
  })
  const response = await get(url)

  let received = ''
  for await (const chunk of response) {
    received += String(chunk)
    if (received.split(': heartbeat\n\n').length > 2) break
  }
  response.destroy()
  await closed.promise

  assert.doesNotThrow(() => {
    streams[0]?.send({ id: 1, name: 'accepted', data: {} })
    streams[0]?.end()
  })
})
