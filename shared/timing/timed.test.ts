import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { timed } from './timed'

test('tells what came of it, how long it took and when it was over', async () => {
  const before = Date.now()

  const { result, durationMs, endedAt } = await timed(async () => {
    await wait(20)
    return 'done'
  })

  assert.equal(result, 'done')
  assert.ok(durationMs >= 19, `${durationMs} ms`)
  assert.equal(durationMs, Number(durationMs.toFixed(3)))
  assert.ok(Date.parse(endedAt) >= before + 19)
})

test('throws what the work threw', async () => {
  await assert.rejects(
    timed(() => Promise.reject(new RangeError('no'))),
    RangeError,
  )
})
