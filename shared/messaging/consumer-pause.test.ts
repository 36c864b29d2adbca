import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { AppError, type ErrorCode } from '#shared/errors'
import { silentLogger } from './bus-logger'
import { createMemoryDriver } from './drivers/memory/memory-driver'
import { createMessageBus } from './message-bus'
import type { MessageContext } from './message-consumer'
import { Inbox } from './testing/inbox'
import { ManualClock } from './testing/manual-clock'
import { waitUntil } from './testing/wait-until'

const QUEUE = 'pause.jobs'
const PAUSES = { firstMs: 1_000, maxMs: 4_000 }

interface Call {
  readonly id: string
  readonly attempt: number
  readonly message: MessageContext
}

/** A bus with one consumer, whose handler asks a callee that may be away. */
async function aConsumer(t: TestContext, options: { prefetch?: number; concurrency?: number } = {}) {
  const clock = new ManualClock()
  const driver = createMemoryDriver({ clock })
  const log: string[] = []
  const note = (_fields: object, message: string) => log.push(message)
  const bus = createMessageBus({
    driver,
    clock,
    logger: { ...silentLogger, info: note, warn: note },
    retryDelaysMs: [5_000, 30_000],
    leaseMs: 30_000,
    pauses: PAUSES,
  })
  t.after(() => bus.close(0))
  const calls: Call[] = []
  const callee: { answer: (id: string) => Promise<void> } = { answer: async () => {} }
  const subscription = await bus.subscribe({
    queue: QUEUE,
    schema: z.object({}),
    handler: (_body, message) => {
      calls.push({ id: message.messageId, attempt: message.attempt, message })
      return callee.answer(message.messageId)
    },
    ...options,
  })
  const publish = (...ids: string[]) =>
    Promise.all(ids.map((id) => bus.publish({ queue: QUEUE, id, body: {} })))
  const pausedAgain = async (times: number) => {
    await waitUntil('it has paused', () => calls.length >= times && subscription.state.circuit === 'open')
    await waitUntil('nothing is held', async () => (await bus.queueStats(QUEUE)).inFlight === 0)
  }
  return { bus, driver, clock, log, calls, callee, subscription, publish, pausedAgain }
}

const failWith = (code: ErrorCode, retryAfterSeconds?: number) => async () => {
  throw new AppError(code, { detail: code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })
}

for (const code of [
  'service-unavailable',
  'shutting-down',
  'rate-limited',
  'queue-full',
  'storage-full',
  'broker-refused',
  'topology-mismatch',
] as const) {
  test(`a callee that answers ${code} costs a message no attempt, however long it lasts`, async (t) => {
    const { bus, clock, calls, callee, publish, pausedAgain } = await aConsumer(t)
    callee.answer = failWith(code)
    await publish('m1')

    for (let probes = 1; probes <= 10; probes++) {
      await pausedAgain(probes)
      assert.equal((await bus.status('m1'))?.attempts, 0)
      if (probes < 10) clock.advance(PAUSES.maxMs)
    }
    callee.answer = async () => {}
    clock.advance(PAUSES.maxMs)
    await waitUntil('it was processed', async () => (await bus.status('m1'))?.state === 'processed')

    assert.deepEqual(new Set(calls.map(({ attempt }) => attempt)), new Set([1]))
    assert.equal((await bus.status('m1'))?.attempts, 1)
  })
}

test('while it is paused a consumer takes nothing, then one message, then all', async (t) => {
  const { bus, clock, log, calls, callee, subscription, publish, pausedAgain } = await aConsumer(t, {
    prefetch: 5,
    concurrency: 2,
  })
  const answers: PromiseWithResolvers<void>[] = []
  callee.answer = failWith('service-unavailable')
  await publish('m1', 'm2', 'm3', 'm4', 'm5', 'm6')
  await pausedAgain(1)
  const { circuit, pausedUntil, reason, held } = subscription.state
  assert.deepEqual({ circuit, reason, held }, { circuit: 'open', reason: 'service-unavailable', held: 0 })
  assert.equal(pausedUntil, clock.now() + PAUSES.firstMs)
  assert.equal((await bus.queueStats(QUEUE)).ready, 6, 'what was fetched is back for others')
  const asked = calls.length
  assert.ok(asked <= 2, `${asked} were asked`)

  clock.advance(PAUSES.firstMs - 1)
  assert.equal(subscription.state.circuit, 'open')
  callee.answer = () => {
    const answer = Promise.withResolvers<void>()
    answers.push(answer)
    return answer.promise
  }
  clock.advance(1)
  await waitUntil('one is asked', () => answers.length === 1)
  assert.equal((await bus.queueStats(QUEUE)).inFlight, 1)
  assert.equal(subscription.state.circuit, 'probing')
  assert.equal(bus.consumers()[0]?.circuit, 'probing')

  answers[0]?.resolve()
  await waitUntil('as many are asked as may be', () => answers.length === 3)
  assert.equal(subscription.state.circuit, 'closed')
  assert.equal(subscription.state.reason, undefined)
  while ((await bus.queueStats(QUEUE)).inFlight !== 0) {
    for (const answer of answers) answer.resolve()
    await waitUntil('the next turn', () => true)
  }

  assert.deepEqual(log, ['consumer paused: its callee is away', 'consumer goes on'])
  assert.ok(calls.every(({ attempt }) => attempt === 1))
})

test('each probe in vain makes the pause longer, and is not logged', async (t) => {
  const { clock, log, callee, subscription, publish, pausedAgain } = await aConsumer(t)
  callee.answer = failWith('service-unavailable')
  await publish('m1')

  const pauses: number[] = []
  for (let probes = 1; probes <= 4; probes++) {
    await pausedAgain(probes)
    const pauseMs = (subscription.state.pausedUntil ?? 0) - clock.now()
    pauses.push(pauseMs)
    clock.advance(pauseMs)
  }

  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 4_000])
  assert.deepEqual(log, ['consumer paused: its callee is away'])
})

test('a callee that says when to come back is asked then and not before', async (t) => {
  const { clock, calls, callee, publish, pausedAgain } = await aConsumer(t)
  callee.answer = failWith('rate-limited', 60)
  await publish('m1')
  await pausedAgain(1)

  callee.answer = async () => {}
  clock.advance(59_999)
  await pausedAgain(1)
  assert.equal(calls.length, 1)
  clock.advance(1)

  await waitUntil('it is asked again', () => calls.length === 2)
})

test('a message that ends its callee uses up its attempts, and its neighbours get their turn', async (t) => {
  const { bus, clock, calls, callee, publish } = await aConsumer(t, { prefetch: 2, concurrency: 1 })
  callee.answer = async (id) => {
    if (id === 'deadly') throw new AppError('connection-lost', { detail: 'it broke off' })
  }
  await publish('deadly', 'good')

  await waitUntil('it was given up', async () => {
    clock.advance(500)
    return (await bus.status('deadly'))?.state === 'failed'
  })

  const { attempts, cause } = (await bus.status('deadly')) ?? {}
  assert.deepEqual([attempts, cause?.reason, cause?.code], [3, 'attempts-exhausted', 'connection-lost'])
  assert.equal((await bus.status('good'))?.state, 'processed')
  const secondTime = calls.findIndex(({ id, attempt }) => id === 'deadly' && attempt === 2)
  assert.ok(
    calls.findIndex(({ id }) => id === 'good') < secondTime,
    'the good one did not wait for all of its attempts',
  )
})

test('an error that the callee answers with counts, and pauses nobody', async (t) => {
  const { bus, clock, callee, subscription, publish } = await aConsumer(t)
  callee.answer = failWith('internal-error')
  await publish('poison')
  await waitUntil('it waits', async () => (await bus.queueStats(QUEUE)).delayed === 1)

  assert.equal(subscription.state.circuit, 'closed')
  await waitUntil('it was given up', async () => {
    clock.advance(5_000)
    return (await bus.status('poison'))?.state === 'failed'
  })
  assert.equal((await bus.status('poison'))?.attempts, 3)
})

test('a probe that is answered with an error has found the callee', async (t) => {
  const { clock, callee, subscription, publish, pausedAgain } = await aConsumer(t)
  callee.answer = failWith('service-unavailable')
  await publish('m1')
  await pausedAgain(1)

  callee.answer = failWith('query-invalid')
  clock.advance(PAUSES.firstMs)

  await waitUntil('it goes on', () => subscription.state.circuit === 'closed')
})

test('a probe that cannot be read asks nobody, so the next message is the probe', async (t) => {
  const { driver, clock, calls, callee, subscription, publish, pausedAgain } = await aConsumer(t)
  callee.answer = failWith('service-unavailable')
  await publish('m1')
  await pausedAgain(1)
  await driver.purge(QUEUE)
  const unreadable = { headers: {}, contentType: 'text/plain', enqueuedAt: clock.now() }
  await driver.send(QUEUE, { id: 'unreadable', body: Buffer.from('?'), ...unreadable })
  const answer = Promise.withResolvers<void>()
  callee.answer = () => answer.promise

  clock.advance(PAUSES.firstMs)
  await waitUntil('it was given up', async () => (await driver.lookup('unreadable'))?.state === 'dead')
  assert.equal(subscription.state.circuit, 'probing')
  await publish('m2', 'm3')
  await waitUntil('the next is asked', () => calls.length === 2)
  assert.equal((await driver.stats(QUEUE)).ready, 1, 'one alone')
  answer.resolve()

  await waitUntil('it goes on', () => subscription.state.circuit === 'closed')
})

test('what a paused consumer gives back can be had by another', async (t) => {
  const { driver, callee, publish, pausedAgain } = await aConsumer(t)
  callee.answer = failWith('service-unavailable')
  await publish('m1')
  await pausedAgain(1)

  const other = await Inbox.open(driver, QUEUE)

  assert.equal((await other.next()).attempt, 1)
})

test('a drain during a pause ends at once and gives back what is there', async (t) => {
  const { bus, callee, subscription, publish, pausedAgain } = await aConsumer(t)
  callee.answer = failWith('service-unavailable')
  await publish('m1', 'm2')
  await pausedAgain(1)

  await subscription.drain(10_000)

  const { ready, inFlight, consumers } = await bus.queueStats(QUEUE)
  assert.deepEqual({ ready, inFlight, consumers }, { ready: 2, inFlight: 0, consumers: 0 })
  assert.deepEqual(bus.consumers(), [])
})

test('what a handler says when it is aborted by a drain pauses nothing', async (t) => {
  const { bus, clock, log, callee, calls, subscription, publish } = await aConsumer(t)
  callee.answer = () =>
    new Promise((_, reject) => {
      const { signal } = calls.at(-1)?.message ?? assert.fail()
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  await publish('m1')
  await waitUntil('it is asked', () => calls.length === 1)

  let isDrained = false
  const drained = subscription.drain(1_000).then((report) => {
    isDrained = true
    return report
  })
  await waitUntil('the drain is over', () => {
    clock.advance(100)
    return isDrained
  })

  assert.deepEqual(await drained, { released: 1 })
  assert.deepEqual(log, ['message interrupted'])
  assert.equal((await bus.status('m1'))?.attempts, 0)
})
