import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { waitUntil } from '../wait-until'
import { QUEUE } from './contract-topology'
import { assertDepths, pass } from './steps'
import type { ContractSuite } from './suite'

export function testConcurrency({ start }: ContractSuite): void {
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

  test('a subscriber that is full leaves the rest to the other', async (t) => {
    const { driver } = await start(t)
    const full = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await driver.send(QUEUE, aMessage())
    await full.next()
    const free = await Inbox.open(driver, QUEUE, { prefetch: 10 })

    await Promise.all(messages(5).map((message) => driver.send(QUEUE, message)))

    await free.take(5)
    assert.equal(full.deliveries.length, 1)
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

  test('what is on its way while a subscription stops and settles costs no attempt', async (t) => {
    const { driver } = await start(t)
    const rounds = 10
    await Promise.all(messages(rounds * 20).map((message) => driver.send(QUEUE, message)))
    const attempts: number[] = []
    for (let round = 0; round < rounds; round++) {
      const inbox = await Inbox.open(driver, QUEUE, { prefetch: 10 })
      const [last, ...held] = await inbox.take(10)
      // Nine acks make room for others, which come while the end of the subscription is on its way; with the last
      // ack nothing is held any more.
      await Promise.all(held.map((delivery) => delivery.ack()))
      await setImmediate()
      const stopping = inbox.stop()
      await Promise.all([last?.ack(), stopping])
      const rest = inbox.deliveries.slice(10)
      await Promise.all(rest.map((delivery) => delivery.ack()))
      attempts.push(...inbox.deliveries.map(({ attempt }) => attempt))
    }

    const other = await Inbox.open(driver, QUEUE, { prefetch: 20, ackAtOnce: true })
    await waitUntil('the rest is delivered', () => attempts.length + other.deliveries.length >= rounds * 20)
    await pass(driver)
    attempts.push(...other.deliveries.map(({ attempt }) => attempt))
    assert.deepEqual(attempts, Array(rounds * 20).fill(1))
  })

  test('senders and subscribers at the same time: all arrives, nothing is left', async (t) => {
    const { driver } = await start(t)
    const inboxes = await Promise.all(
      [1, 5, 20].map((prefetch) => Inbox.open(driver, QUEUE, { prefetch, ackAtOnce: true })),
    )
    const sent = messages(600)

    await Promise.all(sent.map((message) => driver.send(QUEUE, message)))

    const ids = () => inboxes.flatMap((inbox) => inbox.ids())
    await waitUntil('all is delivered', () => new Set(ids()).size >= sent.length)
    await assertDepths(driver, {})
    assert.equal(ids().length, sent.length)
  })
}
