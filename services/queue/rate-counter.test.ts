import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateCounter } from './rate-counter'

const MINUTE_MS = 60_000

test('a rate is taken over the time since the start, at least over a second', () => {
  const counter = new RateCounter()
  counter.add(6, 200)

  assert.equal(counter.perSecond(500), 6)
  assert.equal(counter.perSecond(3_000), 2)
  assert.equal(counter.total, 6)
})

test('after a minute what is older no longer counts, and the total stays', () => {
  const counter = new RateCounter()
  for (let second = 0; second < 300; second++) counter.add(second < 150 ? 5 : 20, second * 1_000 + 1)

  assert.equal(Math.round(counter.perSecond(300_000)), 20)
  assert.equal(counter.total, 150 * 5 + 150 * 20)
  assert.equal(counter.perSecond(300_000 + 2 * MINUTE_MS), 0)
})

test('a pause longer than the window leaves nothing of before it', () => {
  const counter = new RateCounter()
  counter.add(1_000, 500)

  counter.add(61, 10 * MINUTE_MS)

  assert.equal(counter.perSecond(10 * MINUTE_MS), 61 / 60)
})

test('a steady rate is told as it is at any moment of a second', () => {
  const counter = new RateCounter()
  const everyMs = 10
  for (let atMs = 0; atMs <= 2 * MINUTE_MS; atMs += everyMs) counter.add(1, atMs)

  for (const atMs of [2 * MINUTE_MS, 2 * MINUTE_MS + 5]) {
    const rate = counter.perSecond(atMs)
    assert.ok(Math.abs(rate - 100) < 0.1, `${rate} at ${atMs}`)
  }
})
