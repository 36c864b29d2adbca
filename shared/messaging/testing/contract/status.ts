import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE, RETRY_DELAY_MS } from './contract-topology'
import { CAUSE, giveUp, textOf } from './steps'
import type { ContractSuite } from './suite'

export function testStatus({ start, needs }: ContractSuite): void {
  test('knows nothing of an id that was never sent', async (t) => {
    const { driver } = await start(t)

    assert.equal(await driver.lookup('nobody'), undefined)
    assert.equal(await driver.peek('nobody'), undefined)
  })

  test('tells what became of a message', needs('tellsStatus'), async (t) => {
    const { driver, advance, elapsed } = await start(t)
    const message = aMessage()
    const state = async () => (await driver.lookup(message.id))?.state

    await driver.send(QUEUE, message)
    assert.equal(await state(), 'ready')
    const inbox = await Inbox.open(driver, QUEUE)
    const first = await inbox.next()
    assert.equal(await state(), 'leased')
    const nackedAt = elapsed()
    await first.nack({ delayMs: RETRY_DELAY_MS })
    const afterNack = await state()
    if (elapsed() - nackedAt < RETRY_DELAY_MS) assert.equal(afterNack, 'delayed')
    await advance(RETRY_DELAY_MS + 1)
    await (await inbox.next()).ack()

    const { messageId, queue, attempts, enqueuedAt, finishedAt } = (await driver.lookup(message.id)) ?? {}
    assert.deepEqual(
      { state: await state(), messageId, queue, attempts, enqueuedAt },
      { state: 'done', messageId: message.id, queue: QUEUE, attempts: 2, enqueuedAt: message.enqueuedAt },
    )
    assert.ok((finishedAt ?? 0) > 0)
  })

  test('tells why a message is a dead letter', needs('tellsStatus'), async (t) => {
    const { driver } = await start(t)

    await giveUp(driver, [aMessage({ id: 'poison' })])

    const { state, queue, attempts, cause } = (await driver.lookup('poison')) ?? {}
    assert.deepEqual(
      { state, queue, attempts, cause },
      { state: 'dead', queue: QUEUE, attempts: 1, cause: CAUSE },
    )
  })

  test('a replayed message waits again', needs('tellsStatus'), async (t) => {
    const { driver } = await start(t)
    await giveUp(driver, [aMessage({ id: 'poison' })])

    await driver.replay(QUEUE, { limit: 1, headers: {} })

    const { state, attempts, cause } = (await driver.lookup('poison')) ?? {}
    assert.deepEqual({ state, attempts, cause }, { state: 'ready', attempts: 0, cause: undefined })
  })

  test('shows a message while it is kept', needs('showsMessages'), async (t) => {
    const { driver } = await start(t)
    const message = aMessage({ headers: { traceparent: '00-aa-bb-01' } })

    await driver.send(QUEUE, message)
    assert.deepEqual({ ...(await driver.peek(message.id)), body: [] }, { ...message, body: [] })
    const inbox = await Inbox.open(driver, QUEUE)
    const delivery = await inbox.next()
    assert.equal(textOf((await driver.peek(message.id)) ?? aMessage()), textOf(message))
    await delivery.ack()

    assert.equal(await driver.peek(message.id), undefined)
  })

  test('shows a dead letter with its body', needs('showsMessages'), async (t) => {
    const { driver } = await start(t)
    const message = aMessage({ id: 'poison', body: Buffer.from('{"text":"poison"}') })

    await giveUp(driver, [message])

    assert.equal(textOf((await driver.peek('poison')) ?? aMessage()), '{"text":"poison"}')
  })
}
