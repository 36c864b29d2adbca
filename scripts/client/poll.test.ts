import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../supervisor/testing/manual-clock'
import { pollUntil } from './poll'

test('looks until it is enough', async () => {
  let count = 0

  const seen = await pollUntil(
    async () => ++count,
    (value) => value === 3,
    { timeoutMs: 10_000, intervalMs: 1 },
  )

  assert.equal(seen, 3)
})

test('answers what it saw last when the time is up, having looked at least once', async () => {
  const clock = new ManualClock()
  let count = 0
  const look = async () => {
    clock.advance(60)
    return ++count
  }

  assert.equal(await pollUntil(look, () => false, { timeoutMs: 0, clock }), 1)
  assert.equal(count, 1)
})
