import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '../supervisor/testing/free-port'
import { explainBusyPorts, refuseBusyPorts } from './busy-ports'
import { loadMeshConfig } from './mesh-config'

async function anOccupiedPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('all busy ports are told at once, with service and variable', async (t) => {
  const [gateway, queue] = [await anOccupiedPort(t), await anOccupiedPort(t)]
  const config = loadMeshConfig({
    GATEWAY_PORT: String(gateway),
    QUERY_PORT: String(await freePort()),
    QUEUE_PORT: String(queue),
  })

  await assert.rejects(refuseBusyPorts(config, ['gateway', 'query', 'queue']), (error: Error) => {
    assert.deepEqual(error.message.split('\n'), [
      `port ${gateway} for gateway is in use: end the program there, or set GATEWAY_PORT to a free port`,
      `port ${queue} for queue is in use: end the program there, or set QUEUE_PORT to a free port`,
    ])
    return true
  })
})

test('free ports are no reason to refuse', async () => {
  const config = loadMeshConfig({ STORAGE_PORT: String(await freePort()) })

  await refuseBusyPorts(config, ['storage'])
})

test('on macOS, and only there, port 5000 is said to belong to AirPlay', () => {
  const busy = [{ member: 'gateway', port: 5000, state: 'in-use' }] as const

  assert.match(
    explainBusyPorts('127.0.0.1', busy, 'darwin'),
    /AirPlay Receiver: turn it off in System Settings/,
  )
  assert.doesNotMatch(explainBusyPorts('127.0.0.1', busy, 'linux'), /AirPlay/)
})

test('a port without permission and a foreign address are told for what they are', () => {
  const text = explainBusyPorts(
    '192.0.2.1',
    [
      { member: 'gateway', port: 80, state: 'not-permitted' },
      { member: 'query', port: 5001, state: 'no-such-address' },
    ],
    'linux',
  )

  assert.match(text, /port 80 for gateway needs more rights: set GATEWAY_PORT/)
  assert.match(text, /192\.0\.2\.1 is no address of this machine.* set HOST/)
})
