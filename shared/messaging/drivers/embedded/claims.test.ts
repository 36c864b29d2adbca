import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import { type ClaimableDriver, type ClaimedMessage, isClaimable } from '../../claimable-driver'
import type { MessageDriver } from '../../driver'
import { deadLetterQueueOf } from '../../message'
import { aMessage, messages } from '../../testing/a-message'
import { Inbox } from '../../testing/inbox'
import { ManualClock } from '../../testing/manual-clock'
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

    test('leave untouched what is more than they may hold, but always lease one', async (t) => {
      const { driver } = start(t)
      const sizes = [500, 40, 40, 40, 1]
      for (const [index, size] of sizes.entries())
        await driver.send(QUEUE, aMessage({ id: `m${index}`, body: new Uint8Array(size) }))
      const claim = () => driver.claim(QUEUE, { ...AT_ONCE, bytesMax: 100 })

      const claims = [await claim(), await claim(), await claim(), await claim()]

      assert.deepEqual(claims.map(toIds), [['m0'], ['m1', 'm2'], ['m3', 'm4'], []])
      assert.ok(
        claims.flat().every(({ delivery }) => delivery === 1),
        'each is handed over for the first time',
      )
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

describe('a claim of a queue file that is opened anew', () => {
  async function held(t: TestContext) {
    const setup = { clock: new ManualClock(), folder: temporaryFolder(t) }
    const before = asClaimable(DRIVERS.sqlite(setup))
    for (const id of ['m0', 'm1']) await before.send(QUEUE, aMessage({ id }))
    const [outer] = await before.claim(QUEUE, { ...AT_ONCE, count: 1, leaseMs: 1_000 })
    const inbox = await Inbox.open(before, QUEUE)
    const inner = await inbox.next()
    assert.ok(outer)
    const reopen = async ({ folder = setup.folder } = {}) => {
      const after = asClaimable(DRIVERS.sqlite({ ...setup, folder }))
      t.after(() => after.close())
      assert.equal(after.leaseOwner, before.leaseOwner)
      return after
    }
    t.after(() => before.close())
    return { ...setup, before, outer, inner, reopen }
  }

  test('stands, because its holder may be at work, and is settled or extended as if nothing had been', async (t) => {
    const { clock, before, outer, reopen } = await held(t)
    await before.close()
    const after = await reopen()

    assert.equal((await after.stats(QUEUE)).inFlight, 1)
    clock.advance(999)
    assert.equal(await after.settle(toLease(outer), { action: 'extend', leaseMs: 1_000 }), 'settled')
    clock.advance(999)
    assert.equal(await after.settle(toLease(outer), { action: 'ack' }), 'settled')

    assert.equal((await after.lookup('m0'))?.state, 'done')
  })

  test('stands after a crash, too, while what the process itself held is free at once', async (t) => {
    const { folder, outer, reopen } = await held(t)
    const copy = temporaryFolder(t)
    cpSync(folder, copy, { recursive: true })

    const after = await reopen({ folder: copy })

    const claimed = await after.claim(QUEUE, AT_ONCE)
    assert.deepEqual(
      claimed.map(({ message, attempt, delivery }) => [message.id, attempt, delivery]),
      [['m1', 2, 2]],
    )
    assert.equal(await after.settle(toLease(outer), { action: 'ack' }), 'settled')
  })

  test('ends in its time, and is stale for whoever comes later', async (t) => {
    const { clock, before, outer, reopen } = await held(t)
    await before.close()
    clock.advance(999)
    const after = await reopen()
    await after.claim(QUEUE, AT_ONCE)

    const again = after.claim(QUEUE, { ...AT_ONCE, waitMs: 10_000 })
    clock.advance(1)

    assert.deepEqual(
      (await again).map(({ message, attempt, delivery }) => [message.id, attempt, delivery]),
      [['m0', 2, 2]],
    )
    assert.equal(await after.settle(toLease(outer), { action: 'ack' }), 'stale')
    assert.equal((await after.stats(QUEUE)).inFlight, 2, 'it is with its present holder')
  })

  test('lasts no longer than it was to, when the clock was set back between two runs', async (t) => {
    const { clock, before, reopen } = await held(t)
    await before.close()
    clock.jump(-3_600_000)
    const after = await reopen()
    await after.claim(QUEUE, AT_ONCE)

    const again = after.claim(QUEUE, { ...AT_ONCE, waitMs: 10_000 })
    clock.advance(1_000)

    assert.deepEqual(toIds(await again), ['m0'])
  })

  test('that the process itself has is free at once', async (t) => {
    const { before, inner, reopen } = await held(t)
    await before.close()
    const after = await reopen()

    const claimed = await after.claim(QUEUE, AT_ONCE)

    assert.deepEqual(
      claimed.map(({ message, attempt }) => [message.id, attempt]),
      [[inner.message.id, 2]],
    )
  })

  test('means nothing in another file, whose numbers begin anew', async (t) => {
    const { before } = await held(t)
    const other = asClaimable(DRIVERS.sqlite({ clock: new ManualClock(), folder: temporaryFolder(t) }))
    t.after(() => other.close())

    assert.notEqual(other.leaseOwner, before.leaseOwner)
  })
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
