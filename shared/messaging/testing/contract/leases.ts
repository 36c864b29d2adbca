import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { QUEUE, RETRY_DELAY_MS } from './contract-topology'
import { LEASE_MS } from './harness'
import { assertDepths, CAUSE, pass } from './steps'
import type { ContractSuite } from './suite'

export function testLeases({ start, needs }: ContractSuite): void {
  test('redelivers what its holder lost, and the late holder changes nothing', async (t) => {
    const { driver, loseHolders } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { leaseMs: LEASE_MS, prefetch: 1 })
    await driver.send(QUEUE, aMessage())
    const late = await inbox.next()

    await loseHolders()

    const current = await inbox.next()
    assert.equal(current.attempt, 2)
    assert.equal(current.redelivered, true)
    assert.equal(await late.ack(), 'stale')
    assert.equal(await late.nack({ delayMs: 0 }), 'stale')
    assert.equal(await late.release(), 'stale')
    assert.equal(await late.deadLetter(CAUSE), 'stale')
    assert.equal(await late.extend(LEASE_MS), 'stale')
    // The message is still with its second holder.
    await assertDepths(driver, { inFlight: 1 })
    assert.equal(await current.ack(), 'settled')
    await pass(driver)
    assert.equal(inbox.deliveries.length, 2)
    await assertDepths(driver, {})
  })

  test('all that a holder lost comes again, and nothing twice', async (t) => {
    const { driver, loseHolders } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { leaseMs: LEASE_MS, prefetch: 20 })
    await Promise.all(messages(20).map((message) => driver.send(QUEUE, message)))
    const first = await inbox.take(20)
    for (const delivery of first.slice(0, 5)) assert.equal(await delivery.ack(), 'settled')

    await loseHolders()

    const again = await inbox.take(15)
    for (const delivery of again) assert.equal(await delivery.ack(), 'settled')
    assert.deepEqual(
      again.map(({ message }) => message.id).sort(),
      first
        .slice(5)
        .map(({ message }) => message.id)
        .sort(),
    )
    await assertDepths(driver, {})
  })

  test('an extended lease lasts', needs('leases', 'manualClock'), async (t) => {
    const { driver, advance } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { leaseMs: LEASE_MS })
    await driver.send(QUEUE, aMessage())
    const delivery = await inbox.next()

    for (let count = 0; count < 5; count++) {
      await advance(0.8 * LEASE_MS)
      assert.equal(await delivery.extend(LEASE_MS), 'settled')
    }
    await pass(driver)

    assert.equal(inbox.deliveries.length, 1)
    assert.equal(await delivery.ack(), 'settled')
  })

  test(
    'a wall clock set an hour ahead or back ends no lease and no delay',
    needs('leases', 'manualClock'),
    async (t) => {
      const { driver, advance, jump } = await start(t)
      const inbox = await Inbox.open(driver, QUEUE, { leaseMs: LEASE_MS })
      await driver.send(QUEUE, aMessage({ id: 'leased' }))
      await driver.send(QUEUE, aMessage({ id: 'delayed' }))
      const [leased, delayed] = await inbox.take(2)
      await delayed?.nack({ delayMs: RETRY_DELAY_MS })

      for (const jumpMs of [3_600_000, -7_200_000]) {
        jump?.(jumpMs)
        await advance(RETRY_DELAY_MS / 5)
        await pass(driver)
        assert.equal(inbox.deliveries.length, 2)
      }

      assert.equal(await leased?.ack(), 'settled')
      await advance(RETRY_DELAY_MS)
      assert.equal((await inbox.next()).message.id, 'delayed')
    },
  )
}
