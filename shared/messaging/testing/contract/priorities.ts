import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageDriver } from '../../driver'
import { MESSAGE_PRIORITIES, type MessagePriority } from '../../message'
import { aMessage } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE, withQueue } from './contract-topology'
import { assertDepths, CAUSE, giveUp, pass } from './steps'
import type { ContractSuite } from './suite'

const WITH_PRIORITIES = withQueue({ priorities: true })

export function testPriorities({ start, needs }: ContractSuite): void {
  test('of what waits, the highest comes first', async (t) => {
    const { driver } = await start(t, WITH_PRIORITIES)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await driver.send(QUEUE, aMessage({ id: 'in the way' }))
    const inTheWay = await inbox.next()
    await sendEach(driver, ['low', 'normal', 'high'])
    await pass(driver)

    await inTheWay.ack()
    for (let count = 0; count < 3; count++) await (await inbox.next()).ack()

    assert.deepEqual(inbox.ids().slice(1), ['high-1', 'normal-1', 'low-1'])
    const priorities = inbox.deliveries.slice(1).map(({ message }) => message.priority)
    assert.deepEqual(priorities, ['high', 'normal', 'low'])
  })

  test('within a priority the order of arrival holds', needs('strictPriorities'), async (t) => {
    const { driver } = await start(t, WITH_PRIORITIES)
    await sendEach(driver, ['low', 'high', 'normal', 'low', 'high', 'normal'])
    await driver.send(QUEUE, aMessage({ id: 'unsaid' }))

    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 2 })
    for (let count = 0; count < 7; count++) await (await inbox.next()).ack()

    assert.deepEqual(inbox.ids(), ['high-1', 'high-2', 'normal-1', 'normal-2', 'unsaid', 'low-1', 'low-2'])
  })

  test('what comes back has its priority still', needs('strictPriorities', 'ordersReturned'), async (t) => {
    const { driver } = await start(t, WITH_PRIORITIES)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await driver.send(QUEUE, aMessage({ id: 'returned', priority: 'normal' }))
    const returned = await inbox.next()
    await sendEach(driver, ['low', 'normal', 'high'])

    await returned.nack({ delayMs: 0 })
    for (let count = 0; count < 4; count++) await (await inbox.next()).ack()

    assert.deepEqual(inbox.ids(), ['returned', 'high-1', 'returned', 'normal-1', 'low-1'])
  })

  test('a priority is kept through a retry, the dead letters and a replay', async (t) => {
    const { driver } = await start(t, WITH_PRIORITIES)
    await giveUp(driver, [aMessage({ id: 'poison', priority: 'high' })], { nacksBefore: 1 })

    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 1 })
    await driver.replay(QUEUE, { limit: 1, headers: {} })

    assert.equal(deadLetters[0]?.message.priority, 'high')
    const inbox = await Inbox.open(driver, QUEUE)
    assert.equal((await inbox.next()).message.priority, 'high')
  })

  test('dead letters are listed in the order of arrival, whatever their priority', async (t) => {
    const { driver } = await start(t, WITH_PRIORITIES)
    const inbox = await Inbox.open(driver, QUEUE)
    for (const priority of ['low', 'high', 'normal'] as const) {
      await driver.send(QUEUE, aMessage({ id: priority, priority }))
      await (await inbox.next()).deadLetter(CAUSE)
    }

    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })

    assert.deepEqual(
      deadLetters.map(({ message }) => message.id),
      ['low', 'high', 'normal'],
    )
  })

  test(
    'the counts, the purge and the length limit go over all priorities',
    needs('exactLengthLimit'),
    async (t) => {
      const { driver } = await start(t, withQueue({ priorities: true, lengthMax: 3 }))
      await sendEach(driver, ['low', 'normal', 'high'])

      await assert.rejects(driver.send(QUEUE, aMessage({ priority: 'high' })), { code: 'queue-full' })

      await assertDepths(driver, { ready: 3 })
      assert.equal(await driver.purge(QUEUE), 3)
      await assertDepths(driver, {})
    },
  )

  test('a queue without priorities refuses all but normal', async (t) => {
    const { driver } = await start(t)

    for (const priority of ['high', 'low'] as const) {
      await assert.rejects(driver.send(QUEUE, aMessage({ priority })), { code: 'invalid-request' })
    }

    await driver.send(QUEUE, aMessage({ priority: 'normal' }))
    await assertDepths(driver, { ready: 1 })
  })
}

/** Sends one of each, with ids such as `high-2` for the second of its priority. */
async function sendEach(driver: MessageDriver, priorities: readonly MessagePriority[]): Promise<void> {
  const counts = new Map(MESSAGE_PRIORITIES.map((priority) => [priority, 0]))
  for (const priority of priorities) {
    const count = (counts.get(priority) ?? 0) + 1
    counts.set(priority, count)
    await driver.send(QUEUE, aMessage({ id: `${priority}-${count}`, priority }))
  }
}
