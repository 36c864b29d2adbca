import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEMBERS } from './members'
import { loadMeshConfig, localUrl, portOf, urlOf } from './mesh-config'

test('the defaults are the documented ports on this machine', () => {
  const config = loadMeshConfig({}, MEMBERS)

  assert.deepEqual(
    MEMBERS.map((member) => portOf(config, member)),
    [5000, 5001, 5002, 5003, 5004, 5005, 4318],
  )
  assert.equal(localUrl(config, 'gateway'), 'http://127.0.0.1:5000')
})

test('a mesh that listens everywhere is called on this machine, and one elsewhere by its URL', () => {
  const config = loadMeshConfig({ HOST: '0.0.0.0', QUERY_SERVICE_URL: 'http://query.example:80/' })

  assert.equal(urlOf(config, 'gateway'), 'http://127.0.0.1:5000')
  assert.equal(urlOf(config, 'query'), 'http://query.example:80')
  assert.equal(urlOf(config, 'inspector'), 'http://127.0.0.1:4318')
})

test('one port for two and a port nobody can be told are refused together', () => {
  const environment = { QUERY_PORT: '5000', QUEUE_PORT: '0' }

  assert.throws(() => loadMeshConfig(environment, MEMBERS), {
    problems: [
      'QUEUE_PORT: expected a port that others can be told (found "0")',
      'GATEWAY_PORT and QUERY_PORT: all are 5000',
    ],
  })
  assert.doesNotThrow(() => loadMeshConfig(environment, ['query', 'storage']))
})

test('what is no port is refused by name', () => {
  assert.throws(() => loadMeshConfig({ GATEWAY_PORT: 'five' }), /GATEWAY_PORT: .*found "five"/)
})
