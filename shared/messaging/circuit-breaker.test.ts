import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CircuitBreaker } from './circuit-breaker'

const LENGTHS = { firstMs: 1_000, maxMs: 5_000 }

test('pauses grow with each probe in vain, up to their limit, and start over once one succeeds', () => {
  const breaker = new CircuitBreaker(LENGTHS)
  const failingProbe = () => {
    breaker.probe()
    return breaker.trip()
  }

  assert.equal(breaker.trip(), 1_000)
  assert.deepEqual(
    [failingProbe(), failingProbe(), failingProbe(), failingProbe()],
    [2_000, 4_000, 5_000, 5_000],
  )
  breaker.probe()
  breaker.close()
  assert.equal(breaker.trip(), 1_000)
})

test('failures of the same outage are one pause', () => {
  const breaker = new CircuitBreaker(LENGTHS)
  breaker.trip()

  assert.equal(breaker.trip(), undefined)
  assert.equal(breaker.trip(60_000), undefined)
  assert.equal(breaker.state, 'open')
})

test('a callee is left alone as long as it says, within reason', () => {
  const pauseOf = (retryAfterMs: number) => new CircuitBreaker(LENGTHS).trip(retryAfterMs)

  assert.equal(pauseOf(90_000), 90_000, 'longer than any pause of our own')
  assert.equal(pauseOf(0), 1_000, 'never a loop')
  assert.equal(pauseOf(30 * 24 * 3_600_000), 3_600_000, 'not for a month')
})

test('a longest pause that is shorter than the first counts as the first', () => {
  assert.equal(new CircuitBreaker({ firstMs: 1_000, maxMs: 10 }).trip(), 1_000)
})
