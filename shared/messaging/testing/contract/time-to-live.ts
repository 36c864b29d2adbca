import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadLetterQueueOf, HEADER } from '../../message'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { waitUntil } from '../wait-until'
import { LONG_DELAY_MS, QUEUE, RETRY_DELAY_MS, withQueue } from './contract-topology'
import { assertDepths, pass, TRACE_HEADERS, textOf, toIds } from './steps'
import type { ContractSuite } from './suite'

/** Long enough to do something meanwhile, short enough to be waited for. */
const TTL_MS = 400

const WITH_TTL = withQueue({ ttlMs: TTL_MS })

export function testTimeToLive({ start, needs }: ContractSuite): void {
  test('a message that waits longer than its queue allows is a dead letter', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    for (const message of messages(2)) await driver.send(QUEUE, { ...message, headers: TRACE_HEADERS })

    await advance(TTL_MS + 1)

    await assertDepths(driver, { deadLetters: 2 })
    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })
    assert.deepEqual(toIds(deadLetters), ['message-1', 'message-2'])
    for (const { message, cause, attempts, deadAt } of deadLetters) {
      assert.deepEqual(message.headers, TRACE_HEADERS)
      assert.equal(textOf(message), '{"text":"hello"}')
      assert.deepEqual(
        { reason: cause.reason, code: cause.code },
        { reason: 'expired', code: 'message-expired' },
      )
      assert.equal(attempts, 0)
      assert.ok(deadAt > 0)
    }
    const inbox = await Inbox.open(driver, QUEUE)
    await pass(driver)
    assert.equal(inbox.deliveries.length, 0)
  })

  test('nothing expires before its time', async (t) => {
    const { driver, advance, elapsed } = await start(t, WITH_TTL)
    const sentAt = elapsed()
    await driver.send(QUEUE, aMessage())
    await advance(TTL_MS / 4)

    const { deadLetters } = await driver.stats(QUEUE)

    if (elapsed() - sentAt < TTL_MS) assert.equal(deadLetters, 0)
    const inbox = await Inbox.open(driver, QUEUE)
    if (elapsed() - sentAt < TTL_MS) assert.equal((await inbox.next()).attempt, 1)
  })

  test('a message may allow less than its queue, or be the only one that has an end', async (t) => {
    for (const topology of [withQueue({ ttlMs: LONG_DELAY_MS }), {}]) {
      const { driver, advance } = await start(t, topology)
      await driver.send(QUEUE, aMessage({ id: 'short', ttlMs: TTL_MS }))
      await driver.send(QUEUE, aMessage({ id: 'long' }))

      await advance(TTL_MS + 1)

      await assertDepths(driver, { ready: 1, deadLetters: 1 })
      const inbox = await Inbox.open(driver, QUEUE)
      assert.equal((await inbox.next()).message.id, 'long')
    }
  })

  test('a message may not ask for more than its queue allows', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    await driver.send(QUEUE, aMessage({ ttlMs: LONG_DELAY_MS }))

    await advance(TTL_MS + 1)

    await assertDepths(driver, { deadLetters: 1 })
  })

  test('what is held does not expire', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage())
    const delivery = await inbox.next()

    await advance(2 * TTL_MS)

    await assertDepths(driver, { inFlight: 1 })
    assert.equal(await delivery.ack(), 'settled')
    await assertDepths(driver, {})
  })

  test('a retry begins the time anew, and the attempts so far are told', async (t) => {
    const { driver, advance, elapsed } = await start(t, WITH_TTL)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage())
    const delivery = await inbox.next()
    await inbox.stop()
    await advance(0.75 * TTL_MS)
    const nackedAt = elapsed()

    await delivery.nack({ delayMs: 0 })

    await advance(0.5 * TTL_MS)
    const before = await driver.stats(QUEUE)
    if (elapsed() - nackedAt < TTL_MS) assert.equal(before.deadLetters, 0)
    await advance(0.5 * TTL_MS + 1)
    await assertDepths(driver, { deadLetters: 1 })
    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 1 })
    assert.equal(deadLetters[0]?.attempts, 1)
    assert.equal(deadLetters[0]?.cause.reason, 'expired')
  })

  test('the time goes on from the end of a delay, and from a release', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage({ id: 'delayed' }))
    await driver.send(QUEUE, aMessage({ id: 'released' }))
    const [delayed, released] = await inbox.take(2)
    await inbox.stop()

    await Promise.all([delayed?.nack({ delayMs: RETRY_DELAY_MS }), released?.release()])

    await advance(RETRY_DELAY_MS + 1)
    await pass(driver)
    await advance(TTL_MS + 1)
    await assertDepths(driver, { deadLetters: 2 })
    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })
    const attempts = deadLetters.map(({ message, attempts }) => [message.id, attempts])
    assert.deepEqual(attempts.sort(), [
      ['delayed', 1],
      ['released', 0],
    ])
  })

  test('who waits for dead letters gets them when they expire', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    const deadLetters = await Inbox.open(driver, deadLetterQueueOf(QUEUE))
    await driver.send(QUEUE, aMessage({ id: 'late' }))

    await advance(TTL_MS + 1)

    assert.equal((await deadLetters.next()).message.id, 'late')
  })

  test('a dead letter does not expire, and has its whole time again when it is replayed', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    await driver.send(QUEUE, aMessage({ id: 'late', headers: TRACE_HEADERS, ttlMs: TTL_MS / 2 }))
    await advance(TTL_MS / 2 + 1)
    await assertDepths(driver, { deadLetters: 1 })
    await advance(2 * TTL_MS)
    await assertDepths(driver, { deadLetters: 1 })

    assert.deepEqual(await driver.replay(QUEUE, { limit: 1, headers: {} }), ['late'])

    await advance(TTL_MS / 2 + 1)
    await assertDepths(driver, { deadLetters: 1 })
    // Somebody waits for it, since its time may be over before anybody could come.
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.replay(QUEUE, { limit: 1, headers: {} })
    const { message, attempt } = await inbox.next()
    assert.deepEqual(message.headers, { ...TRACE_HEADERS, [HEADER.REPLAYED_FROM]: deadLetterQueueOf(QUEUE) })
    assert.equal(attempt, 1)
  })

  test('what expires makes room', needs('exactLengthLimit'), async (t) => {
    const { driver, advance } = await start(t, withQueue({ ttlMs: TTL_MS, lengthMax: 1 }))
    await driver.send(QUEUE, aMessage())
    await assert.rejects(driver.send(QUEUE, aMessage()), { code: 'queue-full' })

    await advance(TTL_MS + 1)
    await assertDepths(driver, { deadLetters: 1 })

    assert.equal((await driver.send(QUEUE, aMessage())).duplicate, false)
  })

  test('many expire at once, each once', async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    await Promise.all(messages(1_200).map((message) => driver.send(QUEUE, message)))

    await advance(TTL_MS + 1)

    await assertDepths(driver, { deadLetters: 1_200 })
  })

  test('a wall clock set an hour ahead lets nothing expire', needs('manualClock'), async (t) => {
    const { driver, advance, jump } = await start(t, WITH_TTL)
    await driver.send(QUEUE, aMessage())

    jump?.(3_600_000)
    await advance(TTL_MS - 1)

    await pass(driver)
    await assertDepths(driver, { ready: 1 })
    await advance(1)
    await assertDepths(driver, { deadLetters: 1 })
  })

  test('tells that a message has expired', needs('tellsExpiry'), async (t) => {
    const { driver, advance } = await start(t, WITH_TTL)
    const message = aMessage()
    await driver.send(QUEUE, message)

    await advance(TTL_MS + 1)
    await waitUntil('it is told', async () => (await driver.lookup(message.id))?.state === 'dead')

    const { attempts, cause } = (await driver.lookup(message.id)) ?? {}
    assert.deepEqual({ attempts, reason: cause?.reason }, { attempts: 0, reason: 'expired' })
  })

  test(
    'the time goes on through a restart, for what waits and what was held',
    needs('durable', 'manualClock', 'renewsTimeToLive'),
    async (t) => {
      const { driver: before, restart, advance } = await start(t, WITH_TTL)
      await before.send(QUEUE, aMessage({ id: 'held' }))
      // Its holder has a millisecond left, for where holders outlive a restart.
      const inbox = await Inbox.open(before, QUEUE, { prefetch: 1, leaseMs: TTL_MS - 9 })
      await inbox.next()
      await before.send(QUEUE, aMessage({ id: 'waiting' }))
      await inbox.stop()
      await advance(TTL_MS - 10)

      const after = await restart()

      await advance(1)
      await assertDepths(after, { ready: 2 })
      await advance(8)
      await pass(after)
      await assertDepths(after, { ready: 2 })
      await advance(1)
      await assertDepths(after, { ready: 1, deadLetters: 1 })
      // Held until the restart or this millisecond longer, it waits from there on.
      await advance(TTL_MS - 11)
      await assertDepths(after, { ready: 1, deadLetters: 1 })
      await advance(2)
      await assertDepths(after, { deadLetters: 2 })
    },
  )

  test('what expires while nobody runs is not delivered', needs('durable', 'manualClock'), async (t) => {
    const { driver: before, restart, advance } = await start(t, WITH_TTL)
    await Promise.all(messages(3).map((message) => before.send(QUEUE, message)))
    await before.close()
    await advance(TTL_MS + 1)

    const after = await restart()
    const inbox = await Inbox.open(after, QUEUE)

    await pass(after)
    await advance(1)
    await assertDepths(after, { deadLetters: 3 })
    assert.equal(inbox.deliveries.length, 0)
  })

  test(
    'a clock set back between two runs lets a message wait for no longer than it may',
    needs('durable', 'manualClock'),
    async (t) => {
      const { driver: before, restart, advance, jump } = await start(t, WITH_TTL)
      await before.send(QUEUE, aMessage())

      jump?.(-3_600_000)
      const after = await restart()
      await advance(TTL_MS + 1)

      await assertDepths(after, { deadLetters: 1 })
    },
  )
}
