import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DriverConnection } from '#shared/messaging'
import { createCheckBus } from './open-bus'

test('a queue that is away is worth a word, and makes storage degraded after a while', () => {
  const away: DriverConnection = { state: 'disconnected', detail: 'queue_service cannot be reached' }
  let connection: DriverConnection = away
  let time = 0
  const check = createCheckBus({ connection: () => connection }, () => time)
  const detail = 'takes no messages: queue_service cannot be reached'

  assert.deepEqual(check(), { status: 'healthy', detail })
  time = 9_999
  assert.deepEqual(check(), { status: 'healthy', detail })
  time = 10_000
  assert.deepEqual(check(), { status: 'degraded', detail })
  connection = { state: 'connected' }
  assert.deepEqual(check(), { status: 'healthy' })
  connection = away
  assert.deepEqual(check().status, 'healthy', 'it counts from when it went away')
})
