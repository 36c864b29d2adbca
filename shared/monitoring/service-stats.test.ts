import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServiceStats } from './service-stats'

test('counters add up and start at nothing', () => {
  const stats = createServiceStats()
  stats.increment('questions')
  stats.increment('tokens', 40)
  stats.increment('tokens', 2)

  assert.deepEqual(stats.snapshot().counters, { questions: 1, tokens: 42 })
})

test('latencies are percentiles of what was recorded', () => {
  const stats = createServiceStats()
  for (let ms = 1; ms <= 100; ms++) stats.record('POST /generate', ms)

  const latency = stats.snapshot().latency['POST /generate']

  assert.equal(latency?.count, 100)
  assert.ok(Math.abs((latency?.p50_ms ?? 0) - 50) <= 1, `p50 is ${latency?.p50_ms}`)
  assert.ok(Math.abs((latency?.p99_ms ?? 0) - 99) <= 1, `p99 is ${latency?.p99_ms}`)
  assert.ok(Math.abs((latency?.mean_ms ?? 0) - 50.5) <= 1, `mean is ${latency?.mean_ms}`)
})
