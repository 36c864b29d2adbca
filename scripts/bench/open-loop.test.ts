import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentile, runOpenLoop } from './open-loop'

test('sends at its rate, counts failures and measures the others', async () => {
  let sent = 0
  const result = await runOpenLoop({
    ratePerSecond: 200,
    durationMs: 250,
    send: async () => {
      sent++
      if (sent % 5 === 0) throw new Error('refused')
    },
  })

  assert.equal(result.sent, 50)
  assert.equal(result.failed, 10)
  assert.equal(result.latenciesMs.length, 40)
})

test('a slow answer does not hold back the requests behind it', async () => {
  const startedAt: number[] = []
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await runOpenLoop({
    ratePerSecond: 100,
    durationMs: 100,
    send: async () => {
      startedAt.push(performance.now())
      if (startedAt.length === 10) release()
      await released
    },
  })

  assert.equal(startedAt.length, 10)
})

test('percentiles are of the sorted values', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1)

  assert.equal(percentile(values, 0.5), 51)
  assert.equal(percentile(values, 0.99), 100)
  assert.ok(Number.isNaN(percentile([], 0.5)))
})
