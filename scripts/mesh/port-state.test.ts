import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { freePort } from '../supervisor/testing/free-port'
import { answers, probePort } from './port-state'

test('a port is in use while somebody listens, and free again after', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  assert.equal(await probePort('127.0.0.1', port), 'in-use')
  assert.equal(await answers('127.0.0.1', port), true)

  server.close()
  await once(server, 'close')
  assert.equal(await probePort('127.0.0.1', port), 'free')
  assert.equal(await answers('127.0.0.1', port), false)
})

test('a program that listens on all addresses holds the port of this one too', async (t) => {
  const server = createServer().listen(0, '0.0.0.0')
  await once(server, 'listening')
  t.after(() => server.close())

  assert.equal(await probePort('127.0.0.1', (server.address() as AddressInfo).port), 'in-use')
})

test('what is no address, nor the name of one, is told apart too', async () => {
  for (const host of ['999.1.1.1', 'http://x']) assert.equal(await probePort(host, 0), 'no-such-host')
})

test('an address of another machine is told apart from a port in use', async () => {
  assert.equal(await probePort('192.0.2.1', await freePort()), 'no-such-address')
})
