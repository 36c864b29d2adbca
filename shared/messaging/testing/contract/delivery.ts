import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { OTHER_QUEUE, QUEUE } from './contract-topology'
import { pass, toIds } from './steps'
import type { ContractSuite } from './suite'

export function testDelivery({ start, needs }: ContractSuite): void {
  test('delivers what was sent, once', async (t) => {
    const { driver } = await start(t)
    const sent = aMessage({ headers: { kind: 'greeting' } })
    const inbox = await Inbox.open(driver, QUEUE)

    const receipt = await driver.send(QUEUE, sent)
    const delivery = await inbox.next()

    assert.equal(receipt.duplicate, false)
    const { id, headers, contentType, enqueuedAt, body } = delivery.message
    assert.deepEqual(
      { id, headers: { ...headers }, contentType, enqueuedAt, body: Buffer.from(body) },
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

  test('keeps the order of arrival for one subscriber', needs('ordered'), async (t) => {
    const { driver } = await start(t)
    const sent = messages(200)
    await Promise.all(sent.map((message) => driver.send(QUEUE, message)))

    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 7 })
    for (let count = 0; count < sent.length; count++) await (await inbox.next()).ack()

    assert.deepEqual(
      inbox.ids(),
      sent.map(({ id }) => id),
    )
  })

  test('keeps queues apart', async (t) => {
    const { driver } = await start(t)
    const here = await Inbox.open(driver, QUEUE)
    const there = await Inbox.open(driver, OTHER_QUEUE)

    await driver.send(OTHER_QUEUE, aMessage({ id: 'there' }))
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
}
