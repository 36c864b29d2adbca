import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageDriver } from '../../driver'
import type { Topology } from '../../topology'
import { aMessage, messages } from '../a-message'
import { Inbox } from '../inbox'
import { CONTRACT_TOPOLOGY, OTHER_QUEUE, PASS_QUEUE, QUEUE, RETRY_DELAY_MS } from './contract-topology'
import { assertDepths, CAUSE, pass, TRACE_HEADERS, textOf } from './steps'
import type { ContractSuite } from './suite'

const EVENTS = 'contract.events'
const WORK = 'contract.work'

/** `QUEUE` gets every event, `OTHER_QUEUE` those of one kind. */
const WITH_EVENTS: Partial<Topology> = {
  exchanges: [
    { name: EVENTS, type: 'topic' },
    { name: WORK, type: 'direct' },
  ],
  bindings: [
    { exchange: EVENTS, pattern: '#', queue: QUEUE },
    { exchange: EVENTS, pattern: 'query.*', queue: OTHER_QUEUE },
    { exchange: EVENTS, pattern: '*.generated', queue: OTHER_QUEUE },
    { exchange: EVENTS, pattern: 'errors.#', queue: PASS_QUEUE },
    { exchange: WORK, pattern: 'jobs', queue: QUEUE },
    { exchange: WORK, pattern: '*', queue: OTHER_QUEUE },
  ],
}

export function testFanOut({ start, needs }: ContractSuite): void {
  test('every queue that is bound gets its copy', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)
    const inboxes = await openBoth(driver)
    const sent = aMessage({ headers: TRACE_HEADERS })

    const outcome = await driver.publish(EVENTS, 'query.processed', sent)

    assert.deepEqual(outcome, { isRouted: true, duplicate: false })
    for (const inbox of inboxes) {
      const delivery = await inbox.next()
      assert.equal(delivery.message.id, sent.id)
      assert.equal(textOf(delivery.message), textOf(sent))
      assert.deepEqual({ ...delivery.message.headers }, TRACE_HEADERS)
      assert.equal(delivery.attempt, 1)
      assert.equal(await delivery.ack(), 'settled')
    }
  })

  test('a topic exchange goes by the words of the routing key', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)
    const routingKeys = [
      'query.processed',
      'feedback.submitted',
      'query.a.b',
      'query',
      'errors',
      'errors.a.b',
    ]

    for (const routingKey of routingKeys) {
      const { isRouted } = await driver.publish(EVENTS, routingKey, aMessage({ id: routingKey }))
      assert.equal(isRouted, true, routingKey)
    }

    assert.deepEqual(await idsIn(driver, QUEUE, 6), routingKeys.toSorted())
    assert.deepEqual(await idsIn(driver, OTHER_QUEUE, 1), ['query.processed'])
    assert.deepEqual(await idsIn(driver, PASS_QUEUE, 2), ['errors', 'errors.a.b'])
  })

  test('a direct exchange goes by the whole routing key', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)

    assert.equal((await driver.publish(WORK, 'jobs', aMessage({ id: 'job' }))).isRouted, true)
    assert.equal((await driver.publish(WORK, '*', aMessage({ id: 'star' }))).isRouted, true)

    assert.deepEqual(await idsIn(driver, QUEUE, 1), ['job'])
    assert.deepEqual(await idsIn(driver, OTHER_QUEUE, 1), ['star'])
  })

  test('a queue that is bound in two ways gets one copy', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)

    await driver.publish(EVENTS, 'query.generated', aMessage())

    await assertDepths(driver, { ready: 1 })
    await assertDepths(driver, { ready: 1 }, OTHER_QUEUE)
  })

  test('tells that nobody wants a message', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)

    const outcome = await driver.publish(WORK, 'nothing.such', aMessage())

    assert.deepEqual(outcome, { isRouted: false, duplicate: false })
    await assertDepths(driver, {})
    await assertDepths(driver, {}, OTHER_QUEUE)
  })

  test('copies are retried, given up and replayed each by itself', async (t) => {
    const { driver, advance } = await start(t, WITH_EVENTS)
    const [all, some] = await openBoth(driver)
    await driver.publish(EVENTS, 'query.processed', aMessage({ id: 'event' }))
    await (await some.next()).ack()

    await (await all.next()).nack({ delayMs: RETRY_DELAY_MS })
    await advance(RETRY_DELAY_MS + 1)
    const again = await all.next()
    await again.deadLetter(CAUSE)
    const replayed = await driver.replay(QUEUE, { limit: 10, headers: {} })

    assert.equal(again.attempt, 2)
    assert.deepEqual(replayed, ['event'])
    assert.equal(await (await all.next()).ack(), 'settled')
    await pass(driver)
    assert.equal(some.deliveries.length, 1)
    await assertDepths(driver, {})
    await assertDepths(driver, {}, OTHER_QUEUE)
  })

  test('many events at once arrive everywhere', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)
    const sent = messages(200)

    const outcomes = await Promise.all(
      sent.map((message) => driver.publish(EVENTS, 'query.processed', message)),
    )

    assert.ok(outcomes.every(({ isRouted, duplicate }) => isRouted && !duplicate))
    const ids = sent.map(({ id }) => id).sort()
    assert.deepEqual(await idsIn(driver, QUEUE, 200), ids)
    assert.deepEqual(await idsIn(driver, OTHER_QUEUE, 200), ids)
  })

  test('what is published again is added only where it is not', needs('deduplicates'), async (t) => {
    const { driver } = await start(t, WITH_EVENTS)
    const event = aMessage()
    await driver.send(QUEUE, event)

    const first = await driver.publish(EVENTS, 'query.processed', event)
    const second = await driver.publish(EVENTS, 'query.processed', event)

    assert.deepEqual(
      [first, second],
      [
        { isRouted: true, duplicate: false },
        { isRouted: true, duplicate: true },
      ],
    )
    await assertDepths(driver, { ready: 1 })
    await assertDepths(driver, { ready: 1 }, OTHER_QUEUE)
  })

  test(
    'a conflict in one queue leaves the others without it',
    needs('deduplicates', 'fansOutAtomically'),
    async (t) => {
      const { driver } = await start(t, WITH_EVENTS)
      const event = aMessage()
      await driver.send(OTHER_QUEUE, { ...event, body: Buffer.from('{"text":"other"}') })

      await assert.rejects(driver.publish(EVENTS, 'query.processed', event), { code: 'request-conflict' })

      await assertDepths(driver, {})
      await assertDepths(driver, { ready: 1 }, OTHER_QUEUE)
    },
  )

  test('when one queue is full none gets it', needs('fansOutAtomically', 'exactLengthLimit'), async (t) => {
    const queues = CONTRACT_TOPOLOGY.queues.map((queue) =>
      queue.name === OTHER_QUEUE ? { ...queue, lengthMax: 1 } : queue,
    )
    const { driver } = await start(t, { ...WITH_EVENTS, queues })
    const [fits = aMessage(), doesNot = aMessage()] = messages(2)
    await driver.publish(EVENTS, 'query.processed', fits)

    const refused = driver.publish(EVENTS, 'query.processed', doesNot)

    await assert.rejects(refused, { code: 'queue-full', detail: new RegExp(OTHER_QUEUE) })
    await assertDepths(driver, { ready: 1 })
    await assertDepths(driver, { ready: 1 }, OTHER_QUEUE)
    // What all have already needs no room.
    assert.equal((await driver.publish(EVENTS, 'query.processed', fits)).duplicate, true)
    assert.equal((await driver.publish(EVENTS, 'feedback.submitted', doesNot)).isRouted, true)
  })

  test(
    'a priority that one queue does not heed is refused for all',
    needs('fansOutAtomically'),
    async (t) => {
      const queues = CONTRACT_TOPOLOGY.queues.map((queue) =>
        queue.name === QUEUE ? { ...queue, priorities: true } : queue,
      )
      const { driver } = await start(t, { ...WITH_EVENTS, queues })

      const refused = driver.publish(EVENTS, 'query.processed', aMessage({ priority: 'high' }))

      await assert.rejects(refused, { code: 'invalid-request' })
      await assertDepths(driver, {})
      assert.equal(
        (await driver.publish(EVENTS, 'feedback.submitted', aMessage({ priority: 'high' }))).isRouted,
        true,
      )
    },
  )

  test('copies are kept through a restart', needs('durable'), async (t) => {
    const { driver, restart } = await start(t, WITH_EVENTS)
    await driver.publish(EVENTS, 'query.processed', aMessage())

    const after = await restart()

    for (const queue of [QUEUE, OTHER_QUEUE]) await assertDepths(after, { ready: 1 }, queue)
  })

  test('refuses what comes after it is closed', async (t) => {
    const { driver } = await start(t, WITH_EVENTS)

    await driver.close()

    await assert.rejects(driver.publish(EVENTS, 'query.processed', aMessage()), { code: 'shutting-down' })
  })
}

async function openBoth(driver: MessageDriver) {
  return [await Inbox.open(driver, QUEUE), await Inbox.open(driver, OTHER_QUEUE)] as const
}

/** The ids of the `count` messages that wait in `queue`, sorted; fails when there are more. */
async function idsIn(driver: MessageDriver, queue: string, count: number): Promise<string[]> {
  await assertDepths(driver, { ready: count }, queue)
  const inbox = await Inbox.open(driver, queue, { prefetch: count + 1 })
  await inbox.take(count)
  await inbox.stop()
  return inbox.ids().sort()
}
