import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from './clock'
import { waitUntilReady } from './wait-until-ready'

const eager = { clock: systemClock, intervalMs: 1 }

test('probes until the answer is yes', async () => {
  const answers = [false, false, true]
  let probes = 0

  const ready = await waitUntilReady(async () => answers[probes++] === true, {
    ...eager,
    signal: new AbortController().signal,
  })

  assert.equal(ready, true)
  assert.equal(probes, 3)
})

test('gives up when it is told to', async () => {
  const stop = new AbortController()

  const ready = await waitUntilReady(
    async () => {
      stop.abort()
      return false
    },
    { ...eager, signal: stop.signal },
  )

  assert.equal(ready, false)
})

test('a yes that comes after the order to give up does not count', async () => {
  const stop = new AbortController()

  const ready = await waitUntilReady(
    async () => {
      stop.abort()
      return true
    },
    { ...eager, signal: stop.signal },
  )

  assert.equal(ready, false)
})
