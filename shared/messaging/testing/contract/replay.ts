import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadLetterQueueOf, HEADER } from '../../message'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE, withQueue } from './contract-topology'
import { assertDepths, CAUSE, giveUp, pass, TRACE_HEADERS, textOf, toIds } from './steps'
import type { ContractSuite } from './suite'

const NO_HEADERS = { headers: {} }

export function testReplay({ start, needs }: ContractSuite): void {
  test('replays a dead letter as a message that was never tried', async (t) => {
    const { driver } = await start(t)
    const sent = aMessage({ id: 'poison', headers: TRACE_HEADERS })
    await giveUp(driver, [sent], { nacksBefore: 2 })
    const inbox = await Inbox.open(driver, QUEUE)

    const replayed = await driver.replay(QUEUE, { limit: 10, headers: { 'x-replayed-by': 'test' } })

    assert.deepEqual(replayed, ['poison'])
    const delivery = await inbox.next()
    const { message } = delivery
    assert.equal(message.id, 'poison')
    assert.equal(textOf(message), textOf(sent))
    assert.equal(message.contentType, sent.contentType)
    assert.equal(message.enqueuedAt, sent.enqueuedAt)
    assert.deepEqual(message.headers, {
      ...TRACE_HEADERS,
      [HEADER.REPLAYED_FROM]: deadLetterQueueOf(QUEUE),
      'x-replayed-by': 'test',
    })
    assert.equal(delivery.attempt, 1)
    assert.equal(delivery.redelivered, false)
    await assertDepths(driver, { inFlight: 1 })
    assert.equal(await delivery.ack(), 'settled')
    assert.deepEqual(await driver.replay(QUEUE, { limit: 10, ...NO_HEADERS }), [])
    await pass(driver)
    assert.equal(inbox.deliveries.length, 1)
  })

  test('replays all, in order', async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, messages(30))

    const replayed = await driver.replay(QUEUE, { limit: 1_000, ...NO_HEADERS })

    const ids = messages(30).map(({ id }) => id)
    assert.deepEqual(replayed, ids)
    await assertDepths(driver, { ready: 30 })
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 30 })
    assert.deepEqual(toIds(await inbox.take(30)).sort(), ids.sort())
  })

  test('replays those that are named, or the oldest up to the limit', async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, messages(6))

    const messageIds = ['message-5', 'message-2', 'unknown']
    const named = await driver.replay(QUEUE, { messageIds, limit: 10, ...NO_HEADERS })
    await assertDepths(driver, { ready: 2, deadLetters: 4 })
    const oldest = await driver.replay(QUEUE, { limit: 2, ...NO_HEADERS })

    assert.deepEqual(named, ['message-2', 'message-5'])
    assert.deepEqual(oldest, ['message-1', 'message-3'])
    await assertDepths(driver, { ready: 4, deadLetters: 2 })
    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })
    assert.deepEqual(toIds(deadLetters), ['message-4', 'message-6'])
  })

  test('a replayed message that fails again is a dead letter again and can be replayed again', async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, [aMessage({ id: 'poison', headers: TRACE_HEADERS })])
    await driver.replay(QUEUE, { limit: 10, headers: { 'x-replayed-by': 'first' } })
    const inbox = await Inbox.open(driver, QUEUE)
    await (await inbox.next()).nack({ delayMs: 0 })
    await (await inbox.next()).deadLetter(CAUSE)
    await assertDepths(driver, { deadLetters: 1 })
    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })
    assert.equal(deadLetters[0]?.attempts, 2)

    const replayed = await driver.replay(QUEUE, { limit: 10, headers: { 'x-replayed-by': 'second' } })

    assert.deepEqual(replayed, ['poison'])
    const again = await inbox.next()
    assert.equal(again.attempt, 1)
    assert.equal(again.message.headers['x-replayed-by'], 'second')
    assert.equal(await again.ack(), 'settled')
    await assertDepths(driver, {})
  })

  test('who gave a message up cannot settle it after its replay', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage())
    const old = await inbox.next()
    await old.deadLetter(CAUSE)
    await driver.replay(QUEUE, { limit: 1, ...NO_HEADERS })
    const current = await inbox.next()

    assert.equal(await old.ack(), 'stale')

    assert.equal(await current.ack(), 'settled')
  })

  test('replays no more than the queue may hold', needs('exactLengthLimit'), async (t) => {
    const { driver } = await start(t, withQueue({ lengthMax: 3 }))
    await giveUp(driver, messages(5))

    const replayed = await driver.replay(QUEUE, { limit: 10, ...NO_HEADERS })

    assert.deepEqual(replayed, ['message-1', 'message-2', 'message-3'])
    await assertDepths(driver, { ready: 3, deadLetters: 2 })
    assert.deepEqual(await driver.replay(QUEUE, { limit: 10, ...NO_HEADERS }), [])
  })
}
