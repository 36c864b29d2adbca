import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { waitUntil } from '../wait-until'
import { QUEUE, RETRY_DELAY_MS } from './contract-topology'
import { LEASE_MS } from './harness'
import { assertDepths, CAUSE, giveUp, pass, toIds } from './steps'
import type { ContractSuite } from './suite'

export function testRestart({ start, needs }: ContractSuite): void {
  test('keeps what waits, what is held, what is delayed and what is dead', needs('durable'), async (t) => {
    const { driver: before, restart, advance } = await start(t)
    for (const id of ['held', 'delayed', 'dead', 'done', 'waiting'])
      await before.send(QUEUE, aMessage({ id }))
    const inbox = await Inbox.open(before, QUEUE, { prefetch: 4, leaseMs: LEASE_MS })
    const [, delayed, dead, done] = await inbox.take(4)
    await inbox.stop()
    await Promise.all([delayed?.nack({ delayMs: RETRY_DELAY_MS }), dead?.deadLetter(CAUSE)])
    await done?.ack()

    const after = await restart()

    const again = await Inbox.open(after, QUEUE)
    // Where holders outlive a restart, their leases run out.
    await advance(Math.max(RETRY_DELAY_MS, LEASE_MS) + 1)
    const came = (await again.take(3)).map(({ message: { id }, attempt, redelivered }) => [
      id,
      attempt,
      redelivered,
    ])
    assert.deepEqual(came.sort(), [
      ['delayed', 2, true],
      ['held', 2, true],
      ['waiting', 1, false],
    ])
    await pass(after)
    assert.equal(again.deliveries.length, 3)
    await assertDepths(after, { inFlight: 3, deadLetters: 1 })
    assert.deepEqual(toIds((await after.deadLetters(QUEUE, { limit: 10 })).deadLetters), ['dead'])
  })

  test('a delay goes on where it was', needs('durable', 'manualClock'), async (t) => {
    const { driver: before, restart, advance } = await start(t)
    const inbox = await Inbox.open(before, QUEUE)
    await before.send(QUEUE, aMessage())
    await (await inbox.next()).nack({ delayMs: RETRY_DELAY_MS })
    await advance(RETRY_DELAY_MS - 2)

    const after = await restart()
    const again = await Inbox.open(after, QUEUE)

    await advance(1)
    await pass(after)
    assert.equal(again.deliveries.length, 0)
    await advance(2)
    assert.equal((await again.next()).attempt, 2)
  })

  test('recognises ids from before', needs('durable', 'deduplicates'), async (t) => {
    const { driver: before, restart } = await start(t)
    const [waiting = aMessage(), done = aMessage()] = messages(2)
    const inbox = await Inbox.open(before, QUEUE, { prefetch: 1 })
    await before.send(QUEUE, done)
    await (await inbox.next()).ack()
    await inbox.stop()
    await before.send(QUEUE, waiting)

    const after = await restart()

    for (const message of [waiting, done]) assert.equal((await after.send(QUEUE, message)).duplicate, true)
  })

  test('replays what was given up before', needs('durable'), async (t) => {
    const { driver: before, restart } = await start(t)
    await giveUp(before, messages(3))

    const after = await restart()

    const ids = await after.replay(QUEUE, { limit: 10, headers: {} })
    assert.deepEqual(ids, ['message-1', 'message-2', 'message-3'])
    await assertDepths(after, { ready: 3 })
  })

  test(
    'a clock set back between two runs holds a delayed message for no longer than its delay',
    needs('durable', 'manualClock'),
    async (t) => {
      const { driver: before, restart, advance, jump } = await start(t)
      const inbox = await Inbox.open(before, QUEUE)
      await before.send(QUEUE, aMessage())
      await (await inbox.next()).nack({ delayMs: RETRY_DELAY_MS })

      jump?.(-3_600_000)
      const after = await restart()
      const again = await Inbox.open(after, QUEUE)
      await advance(RETRY_DELAY_MS + 1)

      assert.equal((await again.next()).attempt, 2)
    },
  )

  test(
    'subscribers work on through a restart under load, and nothing is lost',
    needs('durable'),
    async (t) => {
      const { driver: before, restart } = await start(t)
      const sent = messages(200)
      await Promise.all(sent.map((message) => before.send(QUEUE, message)))
      const first = await Inbox.open(before, QUEUE, { prefetch: 20, ackAtOnce: true })
      await first.take(50)

      const after = await restart()
      const second = await Inbox.open(after, QUEUE, { prefetch: 20, ackAtOnce: true })

      const seen = () => new Set([...first.ids(), ...second.ids()])
      await waitUntil('all is delivered', () => seen().size >= sent.length)
      await assertDepths(after, {})
    },
  )
}
