import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '#shared/config'
import { WORKER_STEPS_MAX } from '#shared/contracts'
import { configSchema } from './config'

test('a queue service takes all that a worker puts into one call', () => {
  const load = (stepsMax: number) => loadConfig(configSchema, { WORKER_BATCH_MAX: String(stepsMax) })

  assert.equal(load(WORKER_STEPS_MAX).WORKER_BATCH_MAX, WORKER_STEPS_MAX)
  assert.throws(() => load(WORKER_STEPS_MAX - 1), /WORKER_BATCH_MAX/)
})
