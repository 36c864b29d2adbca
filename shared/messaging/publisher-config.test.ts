import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, loadConfig } from '#shared/config'
import { messagingConfigSchema, rabbitmqSettingsOf } from './index'
import { createMeshTopology } from './mesh-topology'
import { publisherConfigSchema, publisherOptionsOf } from './publisher-config'
import { PUBLISHER_PRESET_NAMES, PUBLISHER_PRESETS } from './publisher-presets'

const optionsOf = (environment: Record<string, string>) =>
  publisherOptionsOf(loadConfig(publisherConfigSchema, environment))

test('production is what there is without a variable', () => {
  assert.deepEqual(optionsOf({}), PUBLISHER_PRESETS.production)
})

test('each preset is a whole set of options', () => {
  for (const preset of PUBLISHER_PRESET_NAMES) {
    assert.deepEqual(optionsOf({ PUBLISHER_PRESET: preset }), PUBLISHER_PRESETS[preset])
  }
})

test('what the presets promise: all confirm, and only development is not durable', () => {
  for (const preset of PUBLISHER_PRESET_NAMES) {
    const { confirms, durable, window, outboxMax, batchSize, connections } = PUBLISHER_PRESETS[preset]
    assert.equal(confirms, true, preset)
    assert.equal(durable, preset !== 'development', preset)
    assert.ok(outboxMax >= window * connections, `${preset} can fill its windows`)
    assert.ok(window >= batchSize, `${preset} can send a batch at once`)
  }
  const { throughput, production, critical } = PUBLISHER_PRESETS
  assert.ok(throughput.window > production.window && production.window > critical.window)
  assert.ok(critical.timeoutMs > production.timeoutMs)
})

test('a single variable overrides the preset, each of them', () => {
  const overrides = {
    PUBLISHER_CONFIRMS: ['confirms', 'false', false],
    PUBLISHER_WINDOW: ['window', '7', 7],
    PUBLISHER_BATCH_SIZE: ['batchSize', '8', 8],
    PUBLISHER_BATCH_TIMEOUT_MS: ['batchTimeoutMs', '9', 9],
    PUBLISHER_DURABLE: ['durable', 'no', false],
    PUBLISHER_TTL_MS: ['ttlMs', '10', 10],
    PUBLISHER_CONNECTIONS: ['connections', '3', 3],
    PUBLISHER_TIMEOUT_MS: ['timeoutMs', '12', 12],
    PUBLISHER_OUTBOX_MAX: ['outboxMax', '13', 13],
    PUBLISHER_OUTBOX_MAX_BYTES: ['outboxBytesMax', '14', 14],
    PUBLISHER_BREAKER_FAILURES: ['breakerFailures', '0', 0],
    PUBLISHER_BREAKER_PAUSE_MS: ['breakerPauseMs', '16', 16],
  } as const
  const names = Object.keys(publisherConfigSchema.shape).filter((name) => name !== 'PUBLISHER_PRESET')
  assert.deepEqual(Object.keys(overrides), names)

  for (const [name, [option, text, value]] of Object.entries(overrides)) {
    const options = optionsOf({ PUBLISHER_PRESET: 'critical', [name]: text })
    assert.deepEqual(options, { ...PUBLISHER_PRESETS.critical, [option]: value })
  }
})

test('bad values are told all at once', () => {
  const environment = { PUBLISHER_PRESET: 'fast', PUBLISHER_WINDOW: '0', PUBLISHER_CONFIRMS: 'perhaps' }

  assert.throws(
    () => optionsOf(environment),
    (error: unknown) => error instanceof ConfigError && error.problems.length === 3,
  )
})

test('the settings of a broker hold everything that the variables say', () => {
  const config = loadConfig(messagingConfigSchema, {
    RABBITMQ_NAME_PREFIX: 'staging.',
    RABBITMQ_CA_FILE: '/ca.pem',
    RABBITMQ_VERIFY: 'false',
    RABBITMQ_HEARTBEAT_S: '7',
    QUEUE_TYPE: 'classic',
    QUEUE_DURABLE: 'false',
    PUBLISHER_WINDOW: '9',
  })

  const { namePrefix, connection, queueDefaults, publisher } = rabbitmqSettingsOf(config)

  assert.equal(namePrefix, 'staging.')
  assert.equal(connection?.heartbeatSeconds, 7)
  assert.deepEqual(connection?.tls, { verify: false, caFile: '/ca.pem' })
  assert.deepEqual([queueDefaults?.type, queueDefaults?.durable], ['classic', false])
  assert.equal(publisher?.window, 9)
  for (const queue of createMeshTopology(config).queues) assert.equal(queue.durable, false)
})

test('quorum queues that are not durable are refused before anything is opened', () => {
  const config = loadConfig(messagingConfigSchema, { QUEUE_DURABLE: 'false' })

  assert.throws(() => createMeshTopology(config), {
    name: 'ConfigError',
    message: /QUEUE_DURABLE: false needs QUEUE_TYPE=classic/,
  })
})
