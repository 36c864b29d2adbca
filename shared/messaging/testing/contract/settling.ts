import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE } from './contract-topology'
import { assertDepths, CAUSE, pass } from './steps'
import type { ContractSuite } from './suite'

export function testSettling({ start, needs }: ContractSuite): void {
  test('takes a second ack without harm', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await driver.send(QUEUE, aMessage({ id: 'one' }))
    await driver.send(QUEUE, aMessage({ id: 'two' }))
    const one = await inbox.next()

    assert.equal(await one.ack(), 'settled')
    assert.equal(await one.ack(), 'stale')
    assert.equal(await one.nack({ delayMs: 0 }), 'stale')
    assert.equal(await one.deadLetter(CAUSE), 'stale')

    assert.equal((await inbox.next()).message.id, 'two')
    await pass(driver)
    assert.deepEqual(inbox.ids(), ['one', 'two'])
    await assertDepths(driver, { inFlight: 1 })
  })

  test('settles once what is settled in several ways at the same time', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage())
    const delivery = await inbox.next()

    const settlements = await Promise.all([
      delivery.ack(),
      delivery.ack(),
      delivery.release(),
      delivery.deadLetter(CAUSE),
    ])

    assert.deepEqual(settlements, ['settled', 'stale', 'stale', 'stale'])
    await pass(driver)
    assert.equal(inbox.deliveries.length, 1)
    await assertDepths(driver, {})
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
    await (await inbox.next()).nack({ delayMs: 0 })

    assert.equal(await (await inbox.next()).release(), 'settled')

    const third = await inbox.next()
    assert.equal(third.attempt, 2)
    assert.equal(third.redelivered, true)
  })

  test('what comes back is delivered before what came after it', needs('ordersReturned'), async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 2 })
    for (const message of messages(4)) await driver.send(QUEUE, message)
    const [first, second] = await inbox.take(2)

    await Promise.all([first?.release(), second?.nack({ delayMs: 0 })])

    await inbox.take(2)
    assert.deepEqual(inbox.ids(), ['message-1', 'message-2', 'message-1', 'message-2'])
  })
}
