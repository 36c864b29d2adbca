import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '#shared/config'
import { messagingConfigSchema } from './config'
import { createMeshTopology } from './mesh-topology'
import { withJitter } from './retry-jitter'

test('without jitter a delay is what it was', () => {
  assert.equal(withJitter(5_000, 0, 0), 5_000)
  assert.equal(withJitter(5_000, 0, 0.999), 5_000)
})

test('a delay is at most its jitter shorter or longer', () => {
  assert.equal(withJitter(5_000, 0.2, 0), 4_000)
  assert.equal(withJitter(5_000, 0.2, 0.5), 5_000)
  assert.equal(withJitter(5_000, 0.2, 0.9999999), 6_000)
  assert.equal(withJitter(5_000, 1, 0), 0)
})

test('jitter is refused where delays are fixed, with the reason', () => {
  const given = { RETRY_JITTER: '0.5', QUEUE_URL: 'amqp://user:secret@broker' }
  const create = (env: Record<string, string>) => () =>
    createMeshTopology(loadConfig(messagingConfigSchema, env))

  for (const env of [given, { RETRY_JITTER: '0.5', USE_RABBITMQ: 'true' }]) {
    assert.throws(create(env), {
      name: 'ConfigError',
      message: /RETRY_JITTER: .*fixed delay.*\(found "0.5"\)$/,
    })
    assert.throws(create(env), (error: Error) => !error.message.includes('secret'))
  }
  assert.doesNotThrow(create({ ...given, RETRY_JITTER: '0' }))
  assert.doesNotThrow(create({ ...given, QUEUE_URL: 'memory:' }))
  assert.throws(create({ RETRY_JITTER: '1.1' }), /RETRY_JITTER/)
})
