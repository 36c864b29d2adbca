import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateWindow } from './rate-window'

test('a rate is of the last minute', () => {
  const rate = new RateWindow(0)
  for (let second = 0; second < 120; second++) rate.add(second < 60 ? 100 : 5, second * 1_000)

  assert.equal(rate.perSecond(119_999), 5)
  assert.equal(rate.perSecond(149_999), 2.5)
  assert.equal(rate.perSecond(180_000), 0)
})

test('in the first minute it is of the time there was, one second at least', () => {
  const rate = new RateWindow(500)
  rate.add(30, 600)

  assert.equal(rate.perSecond(700), 30)
  assert.equal(rate.perSecond(10_500), 3)
})

test('a long silence forgets everything at once', () => {
  const rate = new RateWindow(0)
  rate.add(60, 0)
  rate.add(60, 3_600_000)

  assert.equal(rate.perSecond(3_600_000), 1)
})
