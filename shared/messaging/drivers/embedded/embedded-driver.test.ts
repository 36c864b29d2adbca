import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import type { MessageDriver } from '../../driver'
import { messages } from '../../testing/a-message'
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
  describe(`retention of the ${name} driver`, () => {
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
  })
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
