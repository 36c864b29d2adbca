import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restartDelayMs } from './restart-delay'

test('the delay doubles from one second and stops at thirty', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 100].map((restart) => restartDelayMs(restart))

  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('the limits are the caller’s to choose', () => {
  assert.equal(restartDelayMs(3, { firstMs: 10, maxMs: 25, resetAfterMs: 1 }), 25)
})
