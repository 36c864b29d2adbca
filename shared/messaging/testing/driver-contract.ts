import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import { AppError } from '#shared/errors'
import { temporaryFolder } from '../../sqlite/testing/temporary-folder'
import type { Clock } from '../clock'
import type { MessageDriver } from '../driver'
import { deadLetterQueueOf, HEADER, type WireMessage } from '../message'
import { aMessage, messages } from './a-message'
import { Inbox } from './inbox'
import { ManualClock } from './manual-clock'
import { waitUntil } from './wait-until'

/** What a driver under test is made of. The same folder again means the same messages, if they are kept. */
export interface DriverSetup {
  readonly folder: string
  readonly clock: Clock
  readonly queueLengthMax?: number
}

/** What a driver promises beyond the interface. What it does not is skipped, and the skip is printed. */
export interface Guarantees {
  /** Messages survive a restart of the process. */
  readonly durable: boolean
  /** A single subscriber gets messages in the order in which they were sent. */
  readonly ordered: boolean
  /** Leases and delays end by the clock of the set-up. */
  readonly leases: boolean
  /** An id that was settled is still recognised. */
  readonly deduplicates: boolean
  /** `lookup` knows. */
  readonly tellsStatus: boolean
  readonly limitsLength: boolean
}

export type CreateDriver = (setup: DriverSetup) => MessageDriver | Promise<MessageDriver>

const QUEUE = 'contract.jobs'

const cause = { reason: 'not-retryable', code: 'invalid-request', detail: 'no such field' } as const

/** Every semantic that the bus builds on, for any driver. */
export function describeDriver(name: string, createDriver: CreateDriver, guarantees: Guarantees): void {
  const unless = (kept: boolean, what: string) => ({
    skip: kept ? false : `${name} does not promise ${what}`,
  })

  async function start(t: TestContext, setup: Partial<DriverSetup> = {}) {
    const clock = new ManualClock()
    const driver = await createDriver({ folder: temporaryFolder(t), clock, ...setup })
    t.after(() => driver.close())
    return { driver, clock }
  }

  describe(`${name} driver`, () => {
    test('delivers what was sent, once', async (t) => {
      const { driver } = await start(t)
      const sent = aMessage({ headers: { kind: 'greeting' } })
      const inbox = await Inbox.open(driver, QUEUE)

      const receipt = await driver.send(QUEUE, sent)
      const delivery = await inbox.next()

      assert.equal(receipt.duplicate, false)
      assert.deepEqual(
        { ...delivery.message, body: Buffer.from(delivery.message.body) },
        { ...sent, body: Buffer.from(sent.body) },
      )
      assert.equal(delivery.attempt, 1)
      assert.equal(delivery.redelivered, false)
      assert.equal(await delivery.ack(), 'settled')
      await pass(driver)
      assert.equal(inbox.deliveries.length, 1)
    })

    test('delivers what was sent before anyone subscribed', async (t) => {
      const { driver } = await start(t)
      await Promise.all(messages(3).map((message) => driver.send(QUEUE, message)))

      const inbox = await Inbox.open(driver, QUEUE)

      assert.deepEqual(toIds(await inbox.take(3)).sort(), ['message-1', 'message-2', 'message-3'])
    })

    test('keeps the order of arrival for one subscriber', unless(guarantees.ordered, 'order'), async (t) => {
      const { driver } = await start(t)
      const sent = messages(200)
      await Promise.all(sent.map((message) => driver.send(QUEUE, message)))

      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 7 })
      for (let count = 0; count < sent.length; count++) await (await inbox.next()).ack()

      assert.deepEqual(inbox.ids(), toIds(sent.map((message) => ({ message }))))
    })

    test('keeps queues apart', async (t) => {
      const { driver } = await start(t)
      const here = await Inbox.open(driver, QUEUE)
      const there = await Inbox.open(driver, 'contract.other')

      await driver.send('contract.other', aMessage({ id: 'there' }))
      await driver.send(QUEUE, aMessage({ id: 'here' }))

      assert.equal((await here.next()).message.id, 'here')
      assert.equal((await there.next()).message.id, 'there')
    })

    test('holds back what exceeds the prefetch until something is settled', async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 2 })
      await Promise.all(messages(5).map((message) => driver.send(QUEUE, message)))
      const [first] = await inbox.take(2)
      await pass(driver)
      assert.equal(inbox.deliveries.length, 2)

      await first?.ack()

      await inbox.next()
      await pass(driver)
      assert.equal(inbox.deliveries.length, 3)
    })

    test('takes a second ack without harm', async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
      await driver.send(QUEUE, aMessage({ id: 'one' }))
      await driver.send(QUEUE, aMessage({ id: 'two' }))
      const one = await inbox.next()

      assert.equal(await one.ack(), 'settled')
      assert.equal(await one.ack(), 'stale')
      assert.equal(await one.nack({ delayMs: 0 }), 'stale')

      assert.equal((await inbox.next()).message.id, 'two')
      await pass(driver)
      assert.deepEqual(inbox.ids(), ['one', 'two'])
    })

    test('redelivers a nacked message at once, counting the attempt', async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE)
      await driver.send(QUEUE, aMessage({ id: 'again' }))

      assert.equal(await (await inbox.next()).nack({ delayMs: 0 }), 'settled')

      const second = await inbox.next()
      assert.equal(second.message.id, 'again')
      assert.equal(second.attempt, 2)
      assert.equal(second.redelivered, true)
    })

    test('redelivers a released message at once, not counting the attempt', async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE)
      await driver.send(QUEUE, aMessage())

      assert.equal(await (await inbox.next()).release(), 'settled')

      const second = await inbox.next()
      assert.equal(second.attempt, 1)
      assert.equal(second.redelivered, true)
    })

    test(
      'redelivers a message nacked with a delay when it is over',
      unless(guarantees.leases, 'delays by clock'),
      async (t) => {
        const { driver, clock } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE)
        await driver.send(QUEUE, aMessage())
        await (await inbox.next()).nack({ delayMs: 5_000 })
        assert.equal((await driver.stats(QUEUE)).delayed, 1)

        clock.advance(4_900)
        await pass(driver)
        assert.equal(inbox.deliveries.length, 1)

        clock.advance(200)
        assert.equal((await inbox.next()).attempt, 2)
      },
    )

    test('a delayed message holds up nobody', unless(guarantees.leases, 'delays by clock'), async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
      await driver.send(QUEUE, aMessage({ id: 'late' }))
      await driver.send(QUEUE, aMessage({ id: 'next' }))

      await (await inbox.next()).nack({ delayMs: 60_000 })

      assert.equal((await inbox.next()).message.id, 'next')
    })

    test(
      'redelivers when a lease runs out, and the late holder changes nothing',
      unless(guarantees.leases, 'leases'),
      async (t) => {
        const { driver, clock } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE, { leaseMs: 1_000, prefetch: 1 })
        await driver.send(QUEUE, aMessage())
        const late = await inbox.next()

        clock.advance(1_001)

        const current = await inbox.next()
        assert.equal(current.attempt, 2)
        assert.equal(current.redelivered, true)
        assert.equal(await late.ack(), 'stale')
        assert.equal(await late.nack({ delayMs: 0 }), 'stale')
        assert.equal(await late.release(), 'stale')
        assert.equal(await late.deadLetter(cause), 'stale')
        assert.equal(await late.extend(1_000), 'stale')
        assert.deepEqual(
          await depths(driver),
          { ready: 0, delayed: 0, inFlight: 1, deadLetters: 0 },
          'the message is still with its second holder',
        )
        assert.equal(await current.ack(), 'settled')
      },
    )

    test('an extended lease lasts', unless(guarantees.leases, 'leases'), async (t) => {
      const { driver, clock } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE, { leaseMs: 1_000 })
      await driver.send(QUEUE, aMessage())
      const delivery = await inbox.next()

      for (let count = 0; count < 5; count++) {
        clock.advance(800)
        assert.equal(await delivery.extend(1_000), 'settled')
      }
      await pass(driver)

      assert.equal(inbox.deliveries.length, 1)
      assert.equal(await delivery.ack(), 'settled')
    })

    test(
      'a wall clock set an hour ahead or back ends no lease and no delay',
      unless(guarantees.leases, 'leases'),
      async (t) => {
        const { driver, clock } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE, { leaseMs: 1_000 })
        await driver.send(QUEUE, aMessage({ id: 'leased' }))
        await driver.send(QUEUE, aMessage({ id: 'delayed' }))
        const [leased, delayed] = await inbox.take(2)
        await delayed?.nack({ delayMs: 5_000 })

        for (const jumpMs of [3_600_000, -7_200_000]) {
          clock.jump(jumpMs)
          clock.advance(300)
          await pass(driver)
          assert.equal(inbox.deliveries.length, 2)
        }

        assert.equal(await leased?.ack(), 'settled')
        clock.advance(5_000)
        assert.equal((await inbox.next()).message.id, 'delayed')
      },
    )

    test('a message sent twice under one id is delivered once', async (t) => {
      const { driver } = await start(t)
      const message = aMessage()

      const receipts = await Promise.all([driver.send(QUEUE, message), driver.send(QUEUE, message)])

      assert.deepEqual(
        receipts.map(({ duplicate }) => duplicate),
        [false, true],
      )
      const inbox = await Inbox.open(driver, QUEUE)
      await inbox.next()
      await pass(driver)
      assert.equal(inbox.deliveries.length, 1)
    })

    test(
      'an id is recognised while its message is held and after it is done',
      unless(guarantees.deduplicates, 'to remember ids'),
      async (t) => {
        const { driver } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE)
        const message = aMessage()
        await driver.send(QUEUE, message)
        const delivery = await inbox.next()

        assert.equal((await driver.send(QUEUE, { ...message, enqueuedAt: 0 })).duplicate, true)
        await delivery.ack()
        assert.equal((await driver.send(QUEUE, { ...message, headers: { later: 'yes' } })).duplicate, true)

        await pass(driver)
        assert.equal(inbox.deliveries.length, 1)
      },
    )

    test(
      'one id with two bodies is a conflict, before and after it is done',
      unless(guarantees.deduplicates, 'to remember ids'),
      async (t) => {
        const { driver } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE)
        const message = aMessage()
        const other = { ...message, body: Buffer.from('{"text":"other"}') }
        await driver.send(QUEUE, message)

        await assert.rejects(driver.send(QUEUE, other), { code: 'request-conflict' })
        await (await inbox.next()).ack()
        await assert.rejects(driver.send(QUEUE, other), { code: 'request-conflict' })
      },
    )

    test('one id in two queues is two messages', async (t) => {
      const { driver } = await start(t)
      const message = aMessage()

      const receipts = [await driver.send(QUEUE, message), await driver.send('contract.other', message)]

      assert.deepEqual(
        receipts.map(({ duplicate }) => duplicate),
        [false, false],
      )
    })

    test('a dead letter leaves its queue with its headers, the reason, the code and the attempts', async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE)
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
      await driver.send(QUEUE, aMessage({ id: 'poison', headers }))
      await (await inbox.next()).nack({ delayMs: 0 })

      assert.equal(await (await inbox.next()).deadLetter(cause), 'settled')

      assert.deepEqual(await depths(driver), { ready: 0, delayed: 0, inFlight: 0, deadLetters: 1 })
      const deadLetters = await Inbox.open(driver, deadLetterQueueOf(QUEUE))
      const { message, attempt } = await deadLetters.next()
      assert.equal(message.id, 'poison')
      assert.equal(attempt, 1)
      assert.equal(Buffer.from(message.body).toString(), '{"text":"hello"}')
      const { [HEADER.DEAD_LETTER_AT]: at, ...others } = message.headers
      assert.ok(Date.parse(at ?? '') > 0)
      assert.deepEqual(others, {
        ...headers,
        [HEADER.DEAD_LETTER_QUEUE]: QUEUE,
        [HEADER.DEAD_LETTER_REASON]: 'not-retryable',
        [HEADER.DEAD_LETTER_CODE]: 'invalid-request',
        [HEADER.DEAD_LETTER_DETAIL]: 'no such field',
        [HEADER.DEAD_LETTER_ATTEMPTS]: '2',
      })
    })

    test(
      'a dead letter holds up nobody and is not queued again by its sender',
      unless(guarantees.deduplicates, 'to remember ids'),
      async (t) => {
        const { driver } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
        const poison = aMessage()
        await driver.send(QUEUE, poison)
        await driver.send(QUEUE, aMessage({ id: 'good' }))

        await (await inbox.next()).deadLetter(cause)

        assert.equal((await inbox.next()).message.id, 'good')
        assert.equal((await driver.send(QUEUE, poison)).duplicate, true)
        assert.equal((await driver.stats(QUEUE)).deadLetters, 1)
      },
    )

    test('purges what is ready and nothing else', async (t) => {
      const { driver } = await start(t)
      await Promise.all(messages(5).map((message) => driver.send(QUEUE, message)))
      await driver.send('contract.other', aMessage())
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 2 })
      const [held] = await inbox.take(2)
      await inbox.stop()

      assert.equal(await driver.purge(QUEUE), 3)

      assert.deepEqual(await depths(driver), { ready: 0, delayed: 0, inFlight: 2, deadLetters: 0 })
      assert.equal((await driver.stats('contract.other')).ready, 1)
      assert.equal(await held?.ack(), 'settled')
      assert.equal(await driver.purge(QUEUE), 0)
      assert.equal(await driver.purge('contract.unknown'), 0)
    })

    test('a purged message is unknown and may be sent again', async (t) => {
      const { driver } = await start(t)
      const [message = aMessage()] = messages(1)
      await driver.send(QUEUE, message)

      await driver.purge(QUEUE)

      assert.equal(await driver.lookup(message.id), undefined)
      assert.equal(await driver.peek(message.id), undefined)
      assert.equal((await driver.send(QUEUE, message)).duplicate, false)
    })

    test('purges a dead-letter queue', async (t) => {
      const { driver } = await start(t)
      await giveUp(driver, messages(3))

      assert.equal(await driver.purge(deadLetterQueueOf(QUEUE)), 3)

      assert.equal((await driver.stats(QUEUE)).deadLetters, 0)
      assert.deepEqual((await driver.deadLetters(QUEUE, { limit: 10 })).deadLetters, [])
    })

    test('lists dead letters page by page, oldest first, and takes none', async (t) => {
      const { driver } = await start(t)
      assert.deepEqual(await driver.deadLetters(QUEUE, { limit: 2 }), { deadLetters: [], next: undefined })
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
      await giveUp(
        driver,
        messages(5).map((message) => ({ ...message, headers })),
      )

      const pages: string[][] = []
      let after: string | undefined
      do {
        const page = await driver.deadLetters(QUEUE, { limit: 2, ...(after !== undefined && { after }) })
        pages.push(toIds(page.deadLetters))
        after = page.next
      } while (after !== undefined)

      assert.deepEqual(pages, [['message-1', 'message-2'], ['message-3', 'message-4'], ['message-5']])
      const [first] = (await driver.deadLetters(QUEUE, { limit: 1 })).deadLetters
      assert.deepEqual(first?.message.headers, headers)
      assert.equal(Buffer.from(first?.message.body ?? []).toString(), '{"text":"hello"}')
      assert.deepEqual(first?.cause, cause)
      assert.equal(first?.attempts, 1)
      assert.ok((first?.deadAt ?? 0) > 0)
      assert.equal((await driver.stats(QUEUE)).deadLetters, 5)
    })

    test('refuses a mark of a page that it did not give', async (t) => {
      const { driver } = await start(t)

      await assert.rejects(driver.deadLetters(QUEUE, { limit: 2, after: 'x; DROP TABLE' }), {
        code: 'invalid-request',
      })
    })

    test('replays dead letters as messages that were never tried', async (t) => {
      const { driver } = await start(t)
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
      await giveUp(driver, [aMessage({ id: 'poison', headers })], { nacksBefore: 2 })
      const inbox = await Inbox.open(driver, QUEUE)

      const replayed = await driver.replay(QUEUE, { limit: 10, headers: { 'x-replayed-by': 'test' } })

      assert.deepEqual(replayed, ['poison'])
      const delivery = await inbox.next()
      assert.equal(delivery.message.id, 'poison')
      assert.equal(Buffer.from(delivery.message.body).toString(), '{"text":"hello"}')
      assert.equal(delivery.attempt, 1)
      assert.deepEqual(delivery.message.headers, {
        ...headers,
        [HEADER.REPLAYED_FROM]: deadLetterQueueOf(QUEUE),
        'x-replayed-by': 'test',
      })
      assert.deepEqual(await depths(driver), { ready: 0, delayed: 0, inFlight: 1, deadLetters: 0 })
      assert.equal(await delivery.ack(), 'settled')
      assert.deepEqual(await driver.replay(QUEUE, { limit: 10, headers: {} }), [])
    })

    test('replays those that are named, or the oldest up to the limit', async (t) => {
      const { driver } = await start(t)
      await giveUp(driver, messages(6))

      const messageIds = ['message-5', 'message-2', 'unknown']
      const named = await driver.replay(QUEUE, { messageIds, limit: 10, headers: {} })
      const oldest = await driver.replay(QUEUE, { limit: 2, headers: {} })

      assert.deepEqual(named, ['message-2', 'message-5'])
      assert.deepEqual(oldest, ['message-1', 'message-3'])
      const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })
      assert.deepEqual(toIds(deadLetters), ['message-4', 'message-6'])
      assert.deepEqual(await depths(driver), { ready: 4, delayed: 0, inFlight: 0, deadLetters: 2 })
    })

    test('a replayed message that fails again is a dead letter again, once', async (t) => {
      const { driver } = await start(t)
      await giveUp(driver, [aMessage({ id: 'poison' })])
      await driver.replay(QUEUE, { limit: 10, headers: {} })
      const inbox = await Inbox.open(driver, QUEUE)
      await (await inbox.next()).deadLetter(cause)

      assert.equal((await driver.stats(QUEUE)).deadLetters, 1)
      assert.deepEqual(await driver.replay(QUEUE, { limit: 10, headers: {} }), ['poison'])
      const again = await inbox.next()
      assert.equal(again.attempt, 1)
      assert.equal(await again.ack(), 'settled')
      assert.deepEqual(await depths(driver), { ready: 0, delayed: 0, inFlight: 0, deadLetters: 0 })
    })

    test('replays more than it moves in one step, and stops at the length limit', async (t) => {
      const { driver } = await start(t, { queueLengthMax: 1_200 })
      await giveUp(driver, messages(1_201))

      const replayed = await driver.replay(QUEUE, { limit: 5_000, headers: {} })

      assert.equal(replayed.length, 1_200)
      assert.deepEqual(await depths(driver), { ready: 1_200, delayed: 0, inFlight: 0, deadLetters: 1 })
    })

    test('two subscribers share a queue, each message with one of them', async (t) => {
      const { driver } = await start(t)
      const inboxes = [
        await Inbox.open(driver, QUEUE, { prefetch: 1, ackAtOnce: true }),
        await Inbox.open(driver, QUEUE, { prefetch: 1, ackAtOnce: true }),
      ]
      const sent = messages(40)
      await Promise.all(sent.map((message) => driver.send(QUEUE, message)))

      await waitUntil('all is delivered', () => inboxes.flatMap((inbox) => inbox.ids()).length >= sent.length)
      await pass(driver)

      assert.deepEqual(inboxes.flatMap((inbox) => inbox.ids()).sort(), sent.map(({ id }) => id).sort())
      for (const inbox of inboxes) assert.ok(inbox.deliveries.length > 0, 'both got some')
    })

    test('a stopped subscription gets nothing more and can still settle what it holds', async (t) => {
      const { driver } = await start(t)
      const stopped = await Inbox.open(driver, QUEUE)
      await driver.send(QUEUE, aMessage({ id: 'held' }))
      const held = await stopped.next()

      await stopped.stop()
      await driver.send(QUEUE, aMessage({ id: 'later' }))

      assert.equal(await held.ack(), 'settled')
      const other = await Inbox.open(driver, QUEUE)
      assert.equal((await other.next()).message.id, 'later')
      assert.deepEqual(stopped.ids(), ['held'])
    })

    test('a subscription stopped while messages arrive loses none', async (t) => {
      const { driver } = await start(t)
      const stopped = await Inbox.open(driver, QUEUE, { prefetch: 50 })
      const sends = messages(50).map((message) => driver.send(QUEUE, message))

      await stopped.stop()
      await Promise.all(sends)
      await Promise.all(stopped.deliveries.map((delivery) => delivery.ack()))

      const other = await Inbox.open(driver, QUEUE, { prefetch: 50 })
      await waitUntil('the rest is delivered', () => stopped.ids().length + other.ids().length >= 50)
      assert.equal(new Set([...stopped.ids(), ...other.ids()]).size, 50)
      for (const { attempt } of other.deliveries) assert.equal(attempt, 1)
    })

    test('carries a body of a megabyte and every byte value', async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE)
      const large = randomBytes(1024 * 1024)
      const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)

      await driver.send(QUEUE, aMessage({ body: large, contentType: 'application/octet-stream' }))
      await driver.send(QUEUE, aMessage({ body: everyByte }))
      await driver.send(QUEUE, aMessage({ body: new Uint8Array() }))

      const [first, second, third] = await inbox.take(3)
      assert.ok(large.equals(first?.message.body ?? Buffer.of()))
      assert.equal(first?.message.contentType, 'application/octet-stream')
      assert.deepEqual([...(second?.message.body ?? [])], [...everyByte])
      assert.equal(third?.message.body.byteLength, 0)
    })

    test('keeps the body as it was when it was sent', async (t) => {
      const { driver } = await start(t)
      const body = Buffer.from('before')
      await driver.send(QUEUE, aMessage({ body }))

      body.write('after!')

      const inbox = await Inbox.open(driver, QUEUE)
      assert.equal(Buffer.from((await inbox.next()).message.body).toString(), 'before')
    })

    test('keeps headers to the last character', async (t) => {
      const { driver } = await start(t)
      const headers = {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
        tracestate: 'vendor=a:b;c, other=1 2',
        baggage: 'user=J%C3%BCrgen,plan=free;ttl=1',
        'X-Mixed-Case': 'Zürich 東京 🚀',
        empty: '',
        quoted: '"\\\'\n\t\u0000',
        constructor: 'a name of Object’s own',
      }
      const inbox = await Inbox.open(driver, QUEUE)

      await driver.send(QUEUE, aMessage({ headers }))

      assert.deepEqual({ ...(await inbox.next()).message.headers }, headers)
    })

    test(
      'refuses messages above its length limit until some are taken',
      unless(guarantees.limitsLength, 'a length limit'),
      async (t) => {
        const { driver } = await start(t, { queueLengthMax: 3 })
        const sent = messages(3)

        const results = await Promise.allSettled(messages(5).map((message) => driver.send(QUEUE, message)))

        const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
        assert.equal(refused.length, 2)
        for (const reason of refused) {
          assert.ok(reason instanceof AppError && reason.code === 'queue-full')
          assert.ok((reason.retryAfterSeconds ?? 0) > 0)
        }
        assert.equal((await driver.send(QUEUE, sent[0] ?? aMessage())).duplicate, true)
        const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
        await (await inbox.next()).ack()
        await inbox.next()
        assert.equal((await driver.send(QUEUE, aMessage({ id: 'room again' }))).duplicate, false)
      },
    )

    test(
      'counts what is ready, delayed, in flight and dead',
      unless(guarantees.leases, 'delays by clock'),
      async (t) => {
        const { driver, clock } = await start(t)
        assert.deepEqual(await driver.stats(QUEUE), {
          ready: 0,
          delayed: 0,
          inFlight: 0,
          deadLetters: 0,
          consumers: 0,
          oldestAgeMs: undefined,
        })
        const enqueuedAt = clock.now()
        const sizes: (number | undefined)[] = []
        for (const { id } of messages(5)) {
          sizes.push((await driver.send(QUEUE, aMessage({ id, enqueuedAt }))).queueSize)
        }
        const inbox = await Inbox.open(driver, QUEUE, { prefetch: 3 })
        const [first, second, third] = await inbox.take(3)
        await inbox.stop()
        await first?.nack({ delayMs: 60_000 })
        await second?.deadLetter(cause)

        clock.advance(1_500)

        assert.deepEqual(sizes, [1, 2, 3, 4, 5])
        assert.deepEqual(await driver.stats(QUEUE), {
          ready: 2,
          delayed: 1,
          inFlight: 1,
          deadLetters: 1,
          consumers: 0,
          oldestAgeMs: 1_500,
        })
        await third?.ack()
        assert.deepEqual(await driver.queues(), [QUEUE])
      },
    )

    test('tells what became of a message', unless(guarantees.tellsStatus, 'to tell status'), async (t) => {
      const { driver, clock } = await start(t)
      const message = aMessage()
      const state = async () => (await driver.lookup(message.id))?.state
      assert.equal(await state(), undefined)

      await driver.send(QUEUE, message)
      assert.equal(await state(), 'ready')
      const working = await Inbox.open(driver, QUEUE)
      const first = await working.next()
      assert.equal(await state(), 'leased')
      await first.nack({ delayMs: 1_000 })
      assert.equal(await state(), 'delayed')
      clock.advance(1_001)
      await (await working.next()).ack()

      const { messageId, queue, attempts, enqueuedAt, finishedAt } = (await driver.lookup(message.id)) ?? {}
      assert.deepEqual(
        { state: await state(), messageId, queue, attempts, enqueuedAt },
        { state: 'done', messageId: message.id, queue: QUEUE, attempts: 2, enqueuedAt: message.enqueuedAt },
      )
      assert.ok((finishedAt ?? 0) > 0)
    })

    test('shows a message while it is kept', unless(guarantees.tellsStatus, 'to tell status'), async (t) => {
      const { driver } = await start(t)
      const message = aMessage({ headers: { traceparent: '00-aa-bb-01' } })
      assert.equal(await driver.peek(message.id), undefined)

      await driver.send(QUEUE, message)
      assert.deepEqual({ ...(await driver.peek(message.id)), body: [] }, { ...message, body: [] })
      const inbox = await Inbox.open(driver, QUEUE)
      const delivery = await inbox.next()
      assert.deepEqual(Buffer.from((await driver.peek(message.id))?.body ?? []), Buffer.from(message.body))
      await delivery.ack()

      assert.equal(await driver.peek(message.id), undefined)
    })

    test('shows a dead letter with its body', unless(guarantees.tellsStatus, 'to tell status'), async (t) => {
      const { driver } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE)
      const message = aMessage({ id: 'poison' })
      await driver.send(QUEUE, message)

      await (await inbox.next()).deadLetter(cause)

      assert.deepEqual(Buffer.from((await driver.peek('poison'))?.body ?? []), Buffer.from(message.body))
    })

    test(
      'tells why a message is a dead letter',
      unless(guarantees.tellsStatus, 'to tell status'),
      async (t) => {
        const { driver } = await start(t)
        const inbox = await Inbox.open(driver, QUEUE)
        await driver.send(QUEUE, aMessage({ id: 'poison' }))

        await (await inbox.next()).deadLetter(cause)

        const record = await driver.lookup('poison')
        assert.equal(record?.state, 'dead')
        assert.equal(record?.queue, QUEUE)
        assert.equal(record?.attempts, 1)
        assert.deepEqual(record?.cause, cause)
      },
    )

    test(
      'keeps messages, attempts and delays through a restart',
      unless(guarantees.durable, 'to be durable'),
      async (t) => {
        const folder = temporaryFolder(t)
        const clock = new ManualClock()
        const before = await createDriver({ folder, clock })
        for (const id of ['held', 'delayed', 'dead', 'done', 'waiting'])
          await before.send(QUEUE, aMessage({ id }))
        const inbox = await Inbox.open(before, QUEUE, { prefetch: 4 })
        const [, delayed, dead, done] = await inbox.take(4)
        await inbox.stop()
        await Promise.all([delayed?.nack({ delayMs: 10_000 }), dead?.deadLetter(cause)])
        await done?.ack()
        await before.close()

        clock.advance(5_000)
        const { driver: after } = await start(t, { folder, clock })

        const again = await Inbox.open(after, QUEUE)
        const [held, waiting] = await again.take(2)
        assert.deepEqual(
          [held, waiting].map((delivery) => [delivery?.message.id, delivery?.attempt, delivery?.redelivered]),
          [
            ['held', 2, true],
            ['waiting', 1, false],
          ],
        )
        await pass(after)
        assert.equal(again.deliveries.length, 2)
        clock.advance(5_100)
        const late = await again.next()
        assert.deepEqual([late.message.id, late.attempt], ['delayed', 2])
        assert.equal((await after.stats(QUEUE)).deadLetters, 1)
        assert.equal((await after.send(QUEUE, aMessage({ id: 'done' }))).duplicate, true)
      },
    )

    test(
      'a clock set back between two runs holds a delayed message for no longer than its delay',
      unless(guarantees.durable, 'to be durable'),
      async (t) => {
        const folder = temporaryFolder(t)
        const clock = new ManualClock()
        const before = await createDriver({ folder, clock })
        const inbox = await Inbox.open(before, QUEUE)
        await before.send(QUEUE, aMessage())
        await (await inbox.next()).nack({ delayMs: 10_000 })
        await before.close()

        clock.jump(-3_600_000)
        const { driver: after } = await start(t, { folder, clock })
        const again = await Inbox.open(after, QUEUE)
        clock.advance(10_001)

        assert.equal((await again.next()).attempt, 2)
      },
    )

    test('confirms what is being sent when it closes, and refuses what comes after', async (t) => {
      const folder = temporaryFolder(t)
      const clock = new ManualClock()
      const driver = await createDriver({ folder, clock })
      await Inbox.open(driver, QUEUE, { prefetch: 5 })
      const sends = Promise.allSettled(messages(300).map((message) => driver.send(QUEUE, message)))

      await Promise.all([driver.close(), driver.close()])

      const confirmed = (await sends).filter(({ status }) => status === 'fulfilled').length
      assert.equal(confirmed, 300)
      await assert.rejects(driver.send(QUEUE, aMessage()), { code: 'shutting-down' })
      if (!guarantees.durable) return
      const { driver: after } = await start(t, { folder, clock })
      assert.equal((await after.stats(QUEUE)).ready, 300)
    })
  })
}

/** Makes dead letters of `sent`, in order. */
async function giveUp(
  driver: MessageDriver,
  sent: readonly WireMessage[],
  { nacksBefore = 0 } = {},
): Promise<void> {
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 100 })
  for (const message of sent) {
    await driver.send(QUEUE, message)
    for (let nacks = 0; nacks < nacksBefore; nacks++) await (await inbox.next()).nack({ delayMs: 0 })
    assert.equal(await (await inbox.next()).deadLetter(cause), 'settled')
  }
  await inbox.stop()
}

function toIds(deliveries: readonly { readonly message: { readonly id: string } }[]): string[] {
  return deliveries.map(({ message }) => message.id)
}

async function depths(driver: MessageDriver) {
  const { oldestAgeMs: _, consumers: __, ...counts } = await driver.stats(QUEUE)
  return counts
}

let passes = 0

/**
 * Sends a message through a queue of its own. What was on its way before it has arrived when it has: the way to
 * see that something does not come.
 */
async function pass(driver: MessageDriver): Promise<void> {
  passes += 1
  const queue = `contract.pass-${passes}`
  const inbox = await Inbox.open(driver, queue)
  await driver.send(queue, aMessage())
  await (await inbox.next()).ack()
  await inbox.stop()
}
