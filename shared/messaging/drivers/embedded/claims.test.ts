import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import { type ClaimableDriver, type ClaimedMessage, isClaimable } from '../../claimable-driver'
import type { MessageDriver } from '../../driver'
import { deadLetterQueueOf } from '../../message'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { ManualClock } from '../../testing/manual-clock'
import { waitUntil } from '../../testing/wait-until'
import { createMemoryDriver } from '../memory/memory-driver'
import { createSqliteDriver } from '../sqlite/sqlite-driver'

const QUEUE = 'claims.jobs'
const AT_ONCE = { count: 10, leaseMs: 30_000, waitMs: 0 }
const WAITING = { ...AT_ONCE, waitMs: 20_000 }
const CAUSE = { reason: 'not-retryable', code: 'query-invalid', detail: 'no such command' } as const

interface Setup {
  readonly clock: ManualClock
  readonly folder: string
}

const DRIVERS = {
  memory: ({ clock }: Setup) => createMemoryDriver({ clock }),
  sqlite: ({ clock, folder }: Setup) => createSqliteDriver({ clock, path: join(folder, 'queue.db') }),
}

function asClaimable(driver: MessageDriver): ClaimableDriver {
  assert.ok(isClaimable(driver))
  return driver
}

for (const [name, create] of Object.entries(DRIVERS)) {
  const start = (t: TestContext) => {
    const setup = { clock: new ManualClock(), folder: temporaryFolder(t) }
    const driver = asClaimable(create(setup))
    t.after(() => driver.close())
    return { driver, ...setup }
  }

  describe(`claims on the ${name} driver`, () => {
    test('lease what is ready, in order and no more than asked for', async (t) => {
      const { driver } = start(t)
      await Promise.all(messages(5).map((message) => driver.send(QUEUE, message)))

      const first = await driver.claim(QUEUE, { ...AT_ONCE, count: 3 })
      const second = await driver.claim(QUEUE, AT_ONCE)

      assert.deepEqual([toIds(first), toIds(second)], [ids(1, 2, 3), ids(4, 5)])
      assert.deepEqual(await driver.claim(QUEUE, AT_ONCE), [])
      assert.equal((await driver.stats(QUEUE)).inFlight, 5)
    })

    test('wait for a message, and the one that waits longest gets it', async (t) => {
      const { driver } = start(t)
      const waiting = [driver.claim(QUEUE, WAITING), driver.claim(QUEUE, WAITING)]

      await driver.send(QUEUE, aMessage({ id: 'one' }))
      assert.deepEqual(toIds((await waiting[0]) ?? []), ['one'])

      await driver.send(QUEUE, aMessage({ id: 'two' }))
      assert.deepEqual(toIds((await waiting[1]) ?? []), ['two'])
    })

    test('are over without a message when their time is, and take nothing afterwards', async (t) => {
      const { driver, clock } = start(t)
      const waiting = driver.claim(QUEUE, WAITING)
      clock.advance(19_999)
      assert.equal(await Promise.race([waiting, turnOfTheLoop('still waits')]), 'still waits')
      clock.advance(1)

      assert.deepEqual(await waiting, [])
      await driver.send(QUEUE, aMessage())
      assert.equal((await driver.stats(QUEUE)).ready, 1)
    })

    test('end with their signal, and what was leased by then is in the answer', async (t) => {
      const { driver } = start(t)
      const early = new AbortController()
      const waiting = driver.claim(QUEUE, { ...WAITING, signal: early.signal })
      early.abort()
      assert.deepEqual(await waiting, [])

      // The claim is in the store's hands when the signal aborts.
      const late = new AbortController()
      await driver.send(QUEUE, aMessage({ id: 'one' }))
      const claiming = driver.claim(QUEUE, { ...WAITING, signal: late.signal })
      late.abort()

      assert.deepEqual(toIds(await claiming), ['one'])
      assert.equal((await driver.stats(QUEUE)).inFlight, 1)
    })

    test('with a signal that has aborted do not wait', async (t) => {
      const { driver } = start(t)

      assert.deepEqual(await driver.claim(QUEUE, { ...WAITING, signal: AbortSignal.abort() }), [])
    })

    test('are settled by their lease, once', async (t) => {
      const { driver } = start(t)
      for (const id of ['acked', 'nacked', 'released', 'dead']) await driver.send(QUEUE, aMessage({ id }))
      const [acked, nacked, released, dead] = (await driver.claim(QUEUE, AT_ONCE)).map(toLease)

      const settle = async () => [
        await driver.settle(acked as Lease, { action: 'ack' }),
        await driver.settle(nacked as Lease, { action: 'nack', delayMs: 1_000 }),
        await driver.settle(released as Lease, { action: 'release' }),
        await driver.settle(dead as Lease, { action: 'dead-letter', cause: CAUSE }),
      ]

      assert.deepEqual(await settle(), ['settled', 'settled', 'settled', 'settled'])
      assert.deepEqual(await settle(), ['stale', 'stale', 'stale', 'stale'])
      const { ready, delayed, inFlight, deadLetters } = await driver.stats(QUEUE)
      assert.deepEqual(
        { ready, delayed, inFlight, deadLetters },
        { ready: 1, delayed: 1, inFlight: 0, deadLetters: 1 },
      )
      const [again] = await driver.claim(QUEUE, AT_ONCE)
      assert.deepEqual([again?.message.id, again?.attempt, again?.delivery], ['released', 1, 2])
      assert.deepEqual((await driver.lookup('dead'))?.cause, CAUSE)
    })

    test('are lost when their lease runs out, extended ones later, and cannot be settled then', async (t) => {
      const { driver, clock } = start(t)
      await driver.send(QUEUE, aMessage({ id: 'kept' }))
      await driver.send(QUEUE, aMessage({ id: 'lost' }))
      const [kept, lost] = (await driver.claim(QUEUE, { ...AT_ONCE, leaseMs: 1_000 })).map(toLease)
      clock.advance(900)
      assert.equal(await driver.settle(kept as Lease, { action: 'extend', leaseMs: 1_000 }), 'settled')

      clock.advance(101)
      const [taken] = await driver.claim(QUEUE, WAITING)

      assert.deepEqual([taken?.message.id, taken?.attempt], ['lost', 2])
      assert.equal(await driver.settle(lost as Lease, { action: 'ack' }), 'stale')
      assert.equal(await driver.settle(lost as Lease, { action: 'extend', leaseMs: 1_000 }), 'stale')
      assert.equal(await driver.settle(kept as Lease, { action: 'ack' }), 'settled')
    })

    test('cannot be settled by the name of another queue', async (t) => {
      const { driver } = start(t)
      await driver.send(QUEUE, aMessage())
      const [claimed] = await driver.claim(QUEUE, AT_ONCE)
      assert.ok(claimed)

      for (const queue of ['claims.other', deadLetterQueueOf(QUEUE)]) {
        assert.equal(await driver.settle({ ...toLease(claimed), queue }, { action: 'release' }), 'stale')
      }

      assert.equal((await driver.stats(QUEUE)).inFlight, 1)
    })

    test('and subscriptions share a queue, each message with one of them', async (t) => {
      const { driver } = start(t)
      const claimed: ClaimedMessage[] = []
      const claimAll = async () => {
        while (claimed.length < 50) claimed.push(...(await driver.claim(QUEUE, { ...WAITING, count: 1 })))
      }
      const claiming = claimAll()
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 50 })

      await Promise.all(messages(100).map((message) => driver.send(QUEUE, message)))
      await claiming
      await inbox.take(50)

      assert.equal(new Set([...toIds(claimed), ...inbox.ids()]).size, 100)
    })

    test('that wait are over when the driver closes, and none is taken afterwards', async (t) => {
      const { driver } = start(t)
      const waiting = driver.claim(QUEUE, WAITING)

      await driver.close()

      assert.deepEqual(await waiting, [])
      await assert.rejects(driver.claim(QUEUE, AT_ONCE), { code: 'shutting-down' })
    })
  })
}

test('a claim from before a restart can no longer be settled', async (t) => {
  const setup = { clock: new ManualClock(), folder: temporaryFolder(t) }
  const before = asClaimable(DRIVERS.sqlite(setup))
  await before.send(QUEUE, aMessage({ id: 'held' }))
  const [held] = await before.claim(QUEUE, AT_ONCE)
  assert.ok(held)
  await before.close()

  const after = asClaimable(DRIVERS.sqlite(setup))
  t.after(() => after.close())
  const late = await after.settle(toLease(held), { action: 'ack' })

  assert.equal(late, 'stale')
  const [again] = await after.claim(QUEUE, AT_ONCE)
  assert.deepEqual([again?.message.id, again?.attempt, again?.delivery], ['held', 2, 2])
  assert.equal(await after.settle(toLease(held), { action: 'ack' }), 'stale')
  await waitUntil('it is still held', async () => (await after.stats(QUEUE)).inFlight === 1)
})

type Lease = ReturnType<typeof toLease>

/** What a holder elsewhere knows of its claim when it settles. */
function toLease({ queue, sequence, delivery }: ClaimedMessage) {
  return { queue, sequence, delivery }
}

function toIds(claimed: readonly ClaimedMessage[]): string[] {
  return claimed.map(({ message }) => message.id)
}

function ids(...numbers: number[]): string[] {
  return numbers.map((number) => `message-${number}`)
}

function turnOfTheLoop<Value>(value: Value): Promise<Value> {
  return new Promise((resolve) => setImmediate(resolve, value))
}
