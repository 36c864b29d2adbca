import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../testing/manual-clock'
import { PublishBreaker } from './publish-breaker'

const PAUSE_MS = 5_000

function anOpenBreaker() {
  const clock = new ManualClock()
  const breaker = new PublishBreaker({ failures: 2, pauseMs: PAUSE_MS }, clock)
  breaker.failed()
  assert.equal(breaker.admits(), true, 'one failure is not enough')
  breaker.failed()
  assert.equal(breaker.admits(), false)
  return { clock, breaker }
}

test('failures of what was on its way before do not lengthen the pause', () => {
  const { clock, breaker } = anOpenBreaker()

  clock.advance(PAUSE_MS - 1_000)
  breaker.failed()

  assert.equal(breaker.pauseLeftMs, 1_000)
  clock.advance(1_000)
  assert.equal(breaker.admits(), true)
})

test('one probes at a time, and each pause is as long as the first', () => {
  const { clock, breaker } = anOpenBreaker()

  for (let probe = 1; probe <= 3; probe++) {
    clock.advance(PAUSE_MS)
    assert.deepEqual([breaker.admits(), breaker.admits()], [true, false])
    breaker.failed()
    assert.equal(breaker.pauseLeftMs, PAUSE_MS)
  }
  clock.advance(PAUSE_MS)
  breaker.admits()
  breaker.succeeded()
  assert.deepEqual([breaker.admits(), breaker.admits()], [true, true])
})

test('a probe that says nothing about the broker leaves it to the next one', () => {
  const { clock, breaker } = anOpenBreaker()
  clock.advance(PAUSE_MS)
  breaker.admits()

  breaker.abstained()

  assert.deepEqual([breaker.pauseLeftMs, breaker.admits(), breaker.admits()], [0, true, false])
})

test('a reason to hope ends the pause', () => {
  const { breaker } = anOpenBreaker()

  breaker.endPause()

  assert.equal(breaker.admits(), true)
})

test('one that is switched off never opens', () => {
  const breaker = new PublishBreaker({ failures: 0, pauseMs: PAUSE_MS }, new ManualClock())

  for (let count = 0; count < 1_000; count++) breaker.failed()

  assert.equal(breaker.admits(), true)
})
