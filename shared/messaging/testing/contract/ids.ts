import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage } from '../a-message'
import { Inbox } from '../inbox'
import { OTHER_QUEUE, QUEUE } from './contract-topology'
import { pass } from './steps'
import type { ContractSuite } from './suite'

export function testIds({ start, needs }: ContractSuite): void {
  test('a message sent twice under one id is delivered once', needs('deduplicates'), async (t) => {
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
    needs('deduplicates'),
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
    needs('deduplicates'),
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

    const receipts = [await driver.send(QUEUE, message), await driver.send(OTHER_QUEUE, message)]

    assert.deepEqual(
      receipts.map(({ duplicate }) => duplicate),
      [false, false],
    )
    for (const queue of [QUEUE, OTHER_QUEUE]) {
      const inbox = await Inbox.open(driver, queue)
      assert.equal(await (await inbox.next()).ack(), 'settled')
    }
  })
}
