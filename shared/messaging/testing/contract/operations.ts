import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadLetterQueueOf } from '../../message'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { waitUntil } from '../wait-until'
import { LONG_DELAY_MS, OTHER_QUEUE, PASS_QUEUE, QUEUE } from './contract-topology'
import { assertDepths, CAUSE, giveUp, pass } from './steps'
import type { ContractSuite } from './suite'

export function testOperations({ start, needs }: ContractSuite): void {
  test('knows nothing of a queue that nobody has used', async (t) => {
    const { driver } = await start(t)

    await assertDepths(driver, {})
    const { consumers, oldestAgeMs } = await driver.stats(QUEUE)
    assert.deepEqual({ consumers, oldestAgeMs }, { consumers: 0, oldestAgeMs: undefined })
  })

  test('counts what is ready, delayed, in flight and dead', async (t) => {
    const { driver } = await start(t)
    for (const message of messages(5)) await driver.send(QUEUE, message)
    await assertDepths(driver, { ready: 5 })
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 3 })
    const [first, second] = await inbox.take(3)
    await inbox.stop()

    await first?.nack({ delayMs: LONG_DELAY_MS })
    await second?.deadLetter(CAUSE)

    await assertDepths(driver, { ready: 2, delayed: 1, inFlight: 1, deadLetters: 1 })
  })

  test('knows what is delayed and in flight', needs('countsHeld'), async (t) => {
    const { driver } = await start(t)
    for (const message of messages(3)) await driver.send(QUEUE, message)
    const inbox = await Inbox.open(driver, QUEUE)
    const [first] = await inbox.take(3)

    await first?.nack({ delayMs: LONG_DELAY_MS })

    const { delayed, inFlight } = await driver.stats(QUEUE)
    assert.deepEqual({ delayed, inFlight }, { delayed: 1, inFlight: 2 })
  })

  test('tells how many wait when one is sent', needs('tellsQueueSize'), async (t) => {
    const { driver } = await start(t)
    const sizes: (number | undefined)[] = []

    for (const message of messages(3)) sizes.push((await driver.send(QUEUE, message)).queueSize)

    assert.deepEqual(sizes, [1, 2, 3])
  })

  test('tells the age of the oldest that is ready', needs('tellsAge', 'manualClock'), async (t) => {
    const { driver, advance, now } = await start(t)
    await driver.send(QUEUE, aMessage({ enqueuedAt: now() }))
    await advance(1_000)
    await driver.send(QUEUE, aMessage({ enqueuedAt: now() }))
    await advance(500)

    assert.equal((await driver.stats(QUEUE)).oldestAgeMs, 1_500)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await inbox.next()
    assert.equal((await driver.stats(QUEUE)).oldestAgeMs, 500)
  })

  test('counts the consumers of a queue', async (t) => {
    const { driver } = await start(t)
    const consumers = async () => (await driver.stats(QUEUE)).consumers

    const inboxes = [await Inbox.open(driver, QUEUE), await Inbox.open(driver, QUEUE)]
    await waitUntil('both are counted', async () => (await consumers()) === 2)
    for (const inbox of inboxes) await inbox.stop()
    await waitUntil('none is counted', async () => (await consumers()) === 0)
  })

  test('lists the queues that are defined, dead-letter queues left out', async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, [aMessage()])

    assert.deepEqual([...(await driver.queues())].sort(), [QUEUE, OTHER_QUEUE, PASS_QUEUE].sort())
  })

  test('purges what is ready and nothing else', async (t) => {
    const { driver } = await start(t)
    await Promise.all(messages(5).map((message) => driver.send(QUEUE, message)))
    await driver.send(OTHER_QUEUE, aMessage())
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 2 })
    const held = await inbox.take(2)
    await inbox.stop()
    await assertDepths(driver, { ready: 3, inFlight: 2 })

    assert.equal(await driver.purge(QUEUE), 3)

    await assertDepths(driver, { inFlight: 2 })
    await assertDepths(driver, { ready: 1 }, OTHER_QUEUE)
    for (const delivery of held) assert.equal(await delivery.ack(), 'settled')
    assert.equal(await driver.purge(QUEUE), 0)
    await pass(driver)
    assert.equal(inbox.deliveries.length, 2)
  })

  test('a purged message is unknown and may be sent again', async (t) => {
    const { driver } = await start(t)
    const message = aMessage()
    await driver.send(QUEUE, message)
    await assertDepths(driver, { ready: 1 })

    await driver.purge(QUEUE)

    assert.equal(await driver.lookup(message.id), undefined)
    assert.equal(await driver.peek(message.id), undefined)
    assert.equal((await driver.send(QUEUE, message)).duplicate, false)
    const inbox = await Inbox.open(driver, QUEUE)
    assert.equal((await inbox.next()).attempt, 1)
  })

  test('purges a dead-letter queue', async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, messages(3))
    await driver.send(QUEUE, aMessage())
    await assertDepths(driver, { ready: 1, deadLetters: 3 })

    assert.equal(await driver.purge(deadLetterQueueOf(QUEUE)), 3)

    await assertDepths(driver, { ready: 1 })
    assert.deepEqual((await driver.deadLetters(QUEUE, { limit: 10 })).deadLetters, [])
    assert.deepEqual(await driver.replay(QUEUE, { limit: 10, headers: {} }), [])
  })
}
