import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { AppError, toProblem } from '#shared/errors'
import { freePort } from '../supervisor/testing/free-port'
import { serve } from '../testing/serve'
import { readEventStream, type StreamedEvent } from './event-stream'
import { UnreachableError } from './http-call'
import { ProblemError } from './problem-error'

const STREAM = { 'content-type': 'text/event-stream' }

async function readAll(url: string, lastEventId?: string): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = []
  for await (const event of readEventStream(url, lastEventId)) events.push(event)
  return events
}

/** A server that sends its chunks one after the other, and then breaks off. */
async function sendChunks(t: TestContext, ...chunks: (string | Uint8Array)[]): Promise<string> {
  const server = createServer(async (_request, response) => {
    response.writeHead(200, STREAM)
    for (const chunk of chunks) {
      response.write(chunk)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('events are read with id, name and data; hints and comments are none', async (t) => {
  const body = 'retry: 10\n\nid: 1\nevent: accepted\ndata: {"a":"x: y"}\n\n: heartbeat\n\ndata: 2\n\n'
  const server = await serve(t, () => ({ status: 200, headers: STREAM, body }))

  assert.deepEqual(await readAll(server.url, '7'), [
    { id: '1', name: 'accepted', data: { a: 'x: y' } },
    { id: '', name: 'message', data: 2 },
  ])
  assert.equal(server.requests[0]?.headers['last-event-id'], '7')
})

test('events come as they are sent, wherever their bytes are cut, up to the break', async (t) => {
  const bytes = Buffer.from('id: 1\nevent: e\ndata: "é"\n\n')
  const cut = bytes.indexOf(0xc3) + 1
  const url = await sendChunks(t, bytes.subarray(0, cut), bytes.subarray(cut), 'id: 2\n')
  const events: StreamedEvent[] = []

  await assert.rejects(async () => {
    for await (const event of readEventStream(url, undefined)) events.push(event)
  }, UnreachableError)

  assert.deepEqual(events, [{ id: '1', name: 'e', data: 'é' }])
})

test('a stream on which nothing more will happen has no events', async (t) => {
  const server = await serve(t, () => ({ status: 204, body: '' }))

  assert.deepEqual(await readAll(server.url), [])
})

test('a problem is one, and so is nobody', async (t) => {
  const problem = toProblem(new AppError('request-not-found'))
  const server = await serve(t, () => ({ status: 404, body: problem }))

  await assert.rejects(readAll(server.url), ProblemError)
  await assert.rejects(readAll(`http://127.0.0.1:${await freePort()}/`), UnreachableError)
})
