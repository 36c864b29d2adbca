import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { measureInTurns, rateOf } from './rounds'

test('work and ceiling take turns, the first of which does not count, and the middle of each is told', async () => {
  const turns: string[] = []
  const from = (name: string, rates: number[]) => async (partMs: number) => {
    turns.push(`${name} for ${partMs} ms`)
    return rates.shift() ?? Number.NaN
  }

  const measured = await measureInTurns(800, from('work', [1, 50, 10, 30]), from('loop', [1, 60, 20, 100]))

  assert.deepEqual(measured, { rate: 30, ceiling: 60, ratio: 0.5 })
  const turn = ['loop for 100 ms', 'work for 100 ms']
  assert.deepEqual(turns, [...turn, ...turn, ...turn, ...turn])
})

test('a rate counts what was done, with as much in flight as was said', async () => {
  let inFlight = 0
  let most = 0
  let done = 0
  const send = async () => {
    inFlight++
    most = Math.max(most, inFlight)
    await wait(1)
    inFlight--
    done++
  }
  const startedAt = performance.now()

  const rate = await rateOf(send, { inFlight: 7, durationMs: 30 })

  const atLeast = done / ((performance.now() - startedAt) / 1_000)
  assert.equal(most, 7)
  assert.equal(inFlight, 0, 'what was begun is finished')
  assert.ok(rate >= atLeast && Number.isFinite(rate), `${rate}, not below ${atLeast}`)
})
