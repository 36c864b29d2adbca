import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import { migrations } from '../migrations'
import { createEventOutbox, DEFER_MAX_MS } from './event-outbox'
import { aMeshEvent } from './testing/mesh-events'

async function anOutbox(t: TestContext) {
  const database = openDatabase({ path: ':memory:', migrations })
  const group = new GroupCommit(database)
  t.after(async () => {
    await group.close()
    database.close()
  })
  const clock = { now: Date.parse('2025-03-12T10:00:00.000Z') }
  const outbox = createEventOutbox(database, group, () => clock.now)
  await group.run(() => {
    for (const requestId of ['f-1', 'f-2']) outbox.put(aMeshEvent('feedback.submitted', { requestId }))
  })
  const [first] = outbox.next(1)
  assert.ok(first !== undefined)
  const nextIds = () => outbox.next(10).map(({ event }) => event.request_id)
  return { clock, outbox, first, nextIds }
}

test('a deferred entry is passed by until its time, with its tries counted', async (t) => {
  const { clock, outbox, first, nextIds } = await anOutbox(t)

  await outbox.defer(first.sequence, 1_000)

  assert.deepEqual(nextIds(), ['f-2'])
  assert.deepEqual(outbox.counts(), { waiting: 2, deferred: 1, failed: 0 })
  clock.now += 999
  assert.deepEqual(nextIds(), ['f-2'])
  clock.now += 1
  assert.deepEqual(nextIds(), ['f-1', 'f-2'])
  assert.deepEqual(
    outbox.next(10).map(({ attempts }) => attempts),
    [1, 0],
  )
})

test('no entry is passed by for longer than the limit, whatever becomes of the clock', async (t) => {
  const { clock, outbox, first, nextIds } = await anOutbox(t)

  await outbox.defer(first.sequence, 1e15)
  clock.now += DEFER_MAX_MS
  assert.deepEqual(nextIds(), ['f-1', 'f-2'])

  await outbox.defer(first.sequence, DEFER_MAX_MS)
  clock.now -= 1
  assert.deepEqual(nextIds(), ['f-1', 'f-2'], 'set back, the clock is not waited for')
})

test('tells when the time of the next entry comes', async (t) => {
  const { clock, outbox, first } = await anOutbox(t)
  const [, second] = outbox.next(2)
  assert.ok(second !== undefined)

  await outbox.defer(first.sequence, 5_000)
  await outbox.remove(second.sequence)

  assert.equal(outbox.nextDueAt(), clock.now + 5_000)
  await outbox.fail(first.sequence, 'never')
  assert.equal(outbox.nextDueAt(), undefined)
})
