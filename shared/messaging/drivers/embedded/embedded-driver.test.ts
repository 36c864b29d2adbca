import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import type { MessageDriver } from '../../driver'
import { deadLetterQueueOf } from '../../message'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { ManualClock } from '../../testing/manual-clock'
import { createMemoryDriver, type MemoryDriverOptions } from '../memory/memory-driver'
import { createSqliteDriver } from '../sqlite/sqlite-driver'

const QUEUE = 'retention.jobs'

for (const [name, create] of [
  ['memory', (options: MemoryDriverOptions) => createMemoryDriver(options)],
  [
    'sqlite',
    (options: MemoryDriverOptions, folder: string) =>
      createSqliteDriver({ path: join(folder, 'queue.db'), ...options }),
  ],
] as const) {
  describe(`what the ${name} driver remembers`, () => {
    test('keeps no more done messages than it may, the youngest', async (t) => {
      const retention = { ageMs: 3_600_000, countMax: 100 }
      const driver = create({ clock: new ManualClock(), retention }, temporaryFolder(t))
      t.after(() => driver.close())

      await workOff(driver, 640)

      const known = await knownOf(driver, 640)
      assert.ok(known.length <= 164, `${known.length} are known`)
      assert.equal(known.at(-1), 'message-640')
    })

    test('forgets done messages of a certain age, and no others', async (t) => {
      const clock = new ManualClock()
      const driver = create({ clock, retention: { ageMs: 60_000, countMax: 10_000 } }, temporaryFolder(t))
      t.after(() => driver.close())
      await workOff(driver, 100)
      clock.advance(60_001)
      const [waiting] = messages(1, 'waiting')
      if (waiting !== undefined) await driver.send('retention.idle', waiting)

      await workOff(driver, 128, 'young')

      assert.deepEqual(await knownOf(driver, 100), [])
      assert.equal((await knownOf(driver, 128, 'young')).length, 128)
      assert.equal((await driver.lookup('waiting-1'))?.state, 'ready')
    })

    test('a dead letter still tells of its message when that is forgotten, until it is thrown away', async (t) => {
      const retention = { ageMs: 0, countMax: 0 }
      const driver = create({ clock: new ManualClock(), retention }, temporaryFolder(t))
      t.after(() => driver.close())
      await giveUp(driver, 'poison')
      await workOff(driver, 128, 'sweeping')

      const { state, queue, attempts, cause } = (await driver.lookup('poison')) ?? {}
      assert.deepEqual(
        { state, queue, attempts, cause },
        { state: 'dead', queue: QUEUE, attempts: 1, cause: CAUSE },
      )

      const deadLetters = await Inbox.open(driver, deadLetterQueueOf(QUEUE))
      await (await deadLetters.next()).ack()
      assert.equal(await driver.lookup('poison'), undefined)
    })

    test('a forgotten message that fails again replaces its dead letter, whatever became of that', async (t) => {
      const retention = { ageMs: 0, countMax: 0 }
      const driver = create({ clock: new ManualClock(), retention }, temporaryFolder(t))
      t.after(() => driver.close())
      const deadLetters = () => driver.stats(QUEUE).then((stats) => stats.deadLetters)

      await giveUp(driver, 'poison')
      await workOff(driver, 128, 'sweeping')
      await giveUp(driver, 'poison')
      assert.equal(await deadLetters(), 1, 'it was ready')

      const inbox = await Inbox.open(driver, deadLetterQueueOf(QUEUE))
      const held = await inbox.next()
      await workOff(driver, 128, 'sweeping again')
      await giveUp(driver, 'poison')
      assert.equal(await held.ack(), 'stale')
      assert.equal(await deadLetters(), 1, 'it was leased')

      await (await inbox.next()).ack()
      assert.equal(await deadLetters(), 0)
      await inbox.stop()
      await workOff(driver, 63, 'not sweeping')
      await giveUp(driver, 'poison')
      assert.equal(await deadLetters(), 1, 'it was done')
    })

    test('a dead letter whose id waits again stays where it is when the others are replayed', async (t) => {
      const retention = { ageMs: 0, countMax: 0 }
      const driver = create({ clock: new ManualClock(), retention }, temporaryFolder(t))
      t.after(() => driver.close())
      for (const id of ['sent again', 'poison']) await giveUp(driver, id)
      await workOff(driver, 128, 'sweeping')
      assert.equal((await driver.send(QUEUE, aMessage({ id: 'sent again' }))).duplicate, false)

      assert.deepEqual(await driver.replay(QUEUE, { limit: 10, headers: {} }), ['poison'])
      const messageIds = ['sent again', 'sent again']
      assert.deepEqual(await driver.replay(QUEUE, { messageIds, limit: 10, headers: {} }), [])

      const { ready, deadLetters } = await driver.stats(QUEUE)
      assert.deepEqual({ ready, deadLetters }, { ready: 2, deadLetters: 1 })
    })

    test('purges and replays more than it moves in one step', async (t) => {
      const driver = create({ clock: new ManualClock(), queueLengthMax: 1_200 }, temporaryFolder(t))
      t.after(() => driver.close())
      await giveUp(driver, ...messages(1_200).map(({ id }) => id))
      await giveUp(driver, 'one more')

      const replayed = await driver.replay(QUEUE, { limit: 5_000, headers: {} })
      const again = await driver.replay(QUEUE, { limit: 5_000, headers: {} })

      assert.deepEqual(
        replayed,
        messages(1_200).map(({ id }) => id),
      )
      assert.deepEqual(again, [])
      assert.equal((await driver.stats(QUEUE)).deadLetters, 1)
      assert.equal(await driver.purge(QUEUE), 1_200)
      assert.equal((await driver.stats(QUEUE)).ready, 0)
    })

    test('replays no more than the limit, over several steps', async (t) => {
      const driver = create({ clock: new ManualClock() }, temporaryFolder(t))
      t.after(() => driver.close())
      await giveUp(driver, ...messages(700).map(({ id }) => id))

      assert.equal((await driver.replay(QUEUE, { limit: 600, headers: {} })).length, 600)
    })
  })
}

const CAUSE = { reason: 'not-retryable', code: 'query-invalid', detail: 'no such command' } as const

async function giveUp(driver: MessageDriver, ...ids: string[]): Promise<void> {
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: ids.length })
  const receipts = await Promise.all(ids.map((id) => driver.send(QUEUE, aMessage({ id }))))
  assert.ok(receipts.every(({ duplicate }) => !duplicate))
  const deliveries = await inbox.take(ids.length)
  const settlements = await Promise.all(deliveries.map((delivery) => delivery.deadLetter(CAUSE)))
  assert.ok(settlements.every((settlement) => settlement === 'settled'))
  await inbox.stop()
}

async function workOff(driver: MessageDriver, count: number, prefix?: string): Promise<void> {
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 20 })
  await Promise.all(messages(count, prefix).map((message) => driver.send(QUEUE, message)))
  for (let taken = 0; taken < count; taken++) await (await inbox.next()).ack()
  await inbox.stop()
}

async function knownOf(driver: MessageDriver, count: number, prefix?: string): Promise<string[]> {
  const records = await Promise.all(messages(count, prefix).map(({ id }) => driver.lookup(id)))
  return records.flatMap((record) => record?.messageId ?? [])
}
