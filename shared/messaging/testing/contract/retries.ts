import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage } from '../a-message'
import { Inbox } from '../inbox'
import { LONG_DELAY_MS, QUEUE, RETRY_DELAY_MS } from './contract-topology'
import { assertDepths, CAUSE, pass, toIds } from './steps'
import type { ContractSuite } from './suite'

export function testRetries({ start }: ContractSuite): void {
  test('redelivers a message nacked with a delay when it is over, not before', async (t) => {
    const { driver, advance, elapsed } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage({ headers: { kind: 'greeting' } }))
    const first = await inbox.next()
    const nackedAt = elapsed()

    assert.equal(await first.nack({ delayMs: RETRY_DELAY_MS }), 'settled')

    await advance(RETRY_DELAY_MS / 2)
    await pass(driver)
    const deliveries = inbox.deliveries.length
    if (elapsed() - nackedAt < RETRY_DELAY_MS) assert.equal(deliveries, 1)
    await advance(RETRY_DELAY_MS)
    const second = await inbox.next()
    assert.ok(elapsed() - nackedAt >= RETRY_DELAY_MS)
    assert.equal(second.attempt, 2)
    assert.equal(second.redelivered, true)
    assert.equal(second.message.headers.kind, 'greeting')
    assert.equal(await second.ack(), 'settled')
    await assertDepths(driver, {})
  })

  test('counts attempts over several delays', async (t) => {
    const { driver, advance } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage())

    for (const attempt of [1, 2, 3]) {
      const delivery = await inbox.next()
      assert.equal(delivery.attempt, attempt)
      await delivery.nack({ delayMs: RETRY_DELAY_MS })
      await advance(RETRY_DELAY_MS + 1)
    }

    assert.equal((await inbox.next()).attempt, 4)
  })

  test('a delayed message holds up nobody', async (t) => {
    const { driver } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1 })
    await driver.send(QUEUE, aMessage({ id: 'late' }))
    await driver.send(QUEUE, aMessage({ id: 'next' }))

    await (await inbox.next()).nack({ delayMs: LONG_DELAY_MS })

    assert.equal((await inbox.next()).message.id, 'next')
    await assertDepths(driver, { delayed: 1, inFlight: 1 })
  })

  test('a short delay ends before a long one that began earlier', async (t) => {
    const { driver, advance } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE)
    await driver.send(QUEUE, aMessage({ id: 'long' }))
    await (await inbox.next()).nack({ delayMs: LONG_DELAY_MS })
    await driver.send(QUEUE, aMessage({ id: 'short' }))
    await (await inbox.next()).nack({ delayMs: RETRY_DELAY_MS })

    await advance(RETRY_DELAY_MS + 1)

    const again = await inbox.next()
    assert.deepEqual([again.message.id, again.attempt], ['short', 2])
  })

  test('a poison message comes again and again and holds up none of the good ones', async (t) => {
    const { driver, advance } = await start(t)
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 2 })
    const sent = ['good-1', 'poison', 'good-2', 'good-3', 'good-4']
    for (const id of sent) await driver.send(QUEUE, aMessage({ id }))

    const done: string[] = []
    for (let attempts = 0; attempts < 3; ) {
      const delivery = await inbox.next()
      const { id } = delivery.message
      if (id !== 'poison') {
        await delivery.ack()
        done.push(id)
      } else {
        attempts += 1
        if (attempts < 3) await delivery.nack({ delayMs: RETRY_DELAY_MS })
        else await delivery.deadLetter(CAUSE)
        await advance(RETRY_DELAY_MS + 1)
      }
    }
    while (done.length < 4) {
      const delivery = await inbox.next()
      await delivery.ack()
      done.push(delivery.message.id)
    }

    assert.deepEqual(done.sort(), ['good-1', 'good-2', 'good-3', 'good-4'])
    await assertDepths(driver, { deadLetters: 1 })
    const { deadLetters } = await driver.deadLetters(QUEUE, { limit: 10 })
    assert.deepEqual(toIds(deadLetters), ['poison'])
    assert.equal(deadLetters[0]?.attempts, 3)
  })
}
