import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { createConnectionCloser } from './connection-closer'

/** A server whose answers the test gives, and a client that keeps its connection. */
async function aServer(t: TestContext) {
  const server = createServer()
  const closeConnections = createConnectionCloser(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => {
    agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    server,
    closeConnections,
    /** Resolves when the server has the request; `answered` is the client's side of it. */
    async request() {
      const answered = once(get({ port, host: '127.0.0.1', agent }), 'response')
      const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse]
      return { response, answered: answered.then(([answer]) => answer as IncomingMessage) }
    },
  }
}

test('a request in flight is answered, and its connection ends behind the answer', async (t) => {
  const { server, closeConnections, request } = await aServer(t)
  const { response, answered } = await request()

  const closed = once(server, 'close')
  server.close()
  closeConnections()
  response.end('done')

  const answer = await answered
  assert.equal(await text(answer), 'done')
  assert.equal(answer.headers.connection, 'close')
  await closed
})

test('a connection whose answer has begun ends when that is complete', async (t) => {
  const { server, closeConnections, request } = await aServer(t)
  const { response, answered } = await request()
  response.write('half ')
  const answer = await answered

  const closed = once(server, 'close')
  server.close()
  closeConnections()
  response.end('whole')

  assert.equal(await text(answer), 'half whole')
  await closed
})

test('an idle connection is closed at once', async (t) => {
  const { server, closeConnections, request } = await aServer(t)
  const { response, answered } = await request()
  response.end('done')
  await text(await answered)

  const closed = once(server, 'close')
  server.close()
  closeConnections()

  await closed
})

test('before the end connections are kept', async (t) => {
  const { request } = await aServer(t)
  const { response, answered } = await request()

  response.end('done')

  assert.equal((await answered).headers.connection, 'keep-alive')
})
