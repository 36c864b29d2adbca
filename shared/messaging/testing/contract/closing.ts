import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE } from './contract-topology'
import { assertDepths } from './steps'
import type { ContractSuite } from './suite'

export function testClosing({ start, needs, guarantees }: ContractSuite): void {
  test('confirms what is being sent when it closes, and refuses what comes after', async (t) => {
    const { driver, restart } = await start(t)
    await Inbox.open(driver, QUEUE, { prefetch: 5 })
    const sends = Promise.allSettled(messages(300).map((message) => driver.send(QUEUE, message)))

    await Promise.all([driver.close(), driver.close()])

    const confirmed = (await sends).filter(({ status }) => status === 'fulfilled').length
    assert.equal(confirmed, 300)
    await assert.rejects(driver.send(QUEUE, aMessage()), { code: 'shutting-down' })
    if (guarantees.durable) await assertDepths(await restart(), { ready: 300 })
  })

  test('what was acked before it closes does not come again', needs('durable'), async (t) => {
    const { driver, restart } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 100 })
    await Promise.all(messages(100).map((message) => driver.send(QUEUE, message)))
    const deliveries = await inbox.take(100)

    const acks = deliveries.map((delivery) => delivery.ack())
    await driver.close()

    assert.deepEqual(new Set(await Promise.all(acks)), new Set(['settled']))
    await assertDepths(await restart(), {})
  })

  test('refuses operations that change something after it is closed', async (t) => {
    const { driver } = await start(t)

    await driver.close()

    await assert.rejects(async () => driver.subscribe(QUEUE, OPTIONS, () => {}), { code: 'shutting-down' })
    await assert.rejects(async () => driver.purge(QUEUE), { code: 'shutting-down' })
    await assert.rejects(async () => driver.replay(QUEUE, { limit: 1, headers: {} }), {
      code: 'shutting-down',
    })
  })
}

const OPTIONS = { prefetch: 1, leaseMs: 1_000, onError: () => {} }
