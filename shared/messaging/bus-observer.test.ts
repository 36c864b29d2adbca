import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { silentLogger } from './bus-logger'
import type { BusObserver } from './bus-observer'
import { createMemoryDriver } from './drivers/memory/memory-driver'
import { createMessageBus } from './message-bus'
import { ManualClock } from './testing/manual-clock'
import { waitUntil } from './testing/wait-until'

const QUEUE = 'observed.jobs'
const schema = z.object({ text: z.string() })

/** What an observer was told, in order, as short texts. */
function recorder() {
  const told: string[] = []
  const observer: BusObserver = {
    published: ({ destination, message, duplicate }) => {
      const where = 'queue' in destination ? destination.queue : destination.exchange
      told.push(`published ${message.id} to ${where}${duplicate ? ' again' : ''}`)
    },
    delivered: ({ queue, message, attempt }) => told.push(`delivered ${message.id} of ${queue}, ${attempt}`),
    settled: ({ message, attempt, outcome, cause }) =>
      told.push(`${outcome} ${message.id}, ${attempt}${cause === undefined ? '' : `: ${cause.reason}`}`),
  }
  return { told, observer }
}

function aBus(t: TestContext, ...observers: BusObserver[]) {
  const clock = new ManualClock()
  const errors: string[] = []
  const bus = createMessageBus({
    driver: createMemoryDriver({ clock }),
    clock,
    retryDelaysMs: [1_000],
    leaseMs: 30_000,
    observers,
    logger: { ...silentLogger, error: (_fields, message) => errors.push(message) },
  })
  t.after(() => bus.close(0))
  return { bus, clock, errors }
}

test('an observer is told of every step of a message, each failure with its end', async (t) => {
  const { told, observer } = recorder()
  const { bus, clock } = aBus(t, observer)
  await bus.publish({ queue: QUEUE, id: 'm1', body: { text: 'hello' } })
  await bus.publish({ queue: QUEUE, id: 'm1', body: { text: 'hello' } })

  await bus.subscribe({ queue: QUEUE, schema, handler: () => Promise.reject(new AppError('bad-gateway')) })
  await waitUntil('it waits for its retry', async () => (await bus.queueStats(QUEUE)).delayed === 1)
  clock.advance(1_000)
  await waitUntil('it was given up', async () => (await bus.queueStats(QUEUE)).deadLetters === 1)
  await waitUntil('that was told', () => told.length === 6)

  assert.deepEqual(told, [
    `published m1 to ${QUEUE}`,
    `published m1 to ${QUEUE} again`,
    `delivered m1 of ${QUEUE}, 1`,
    'retried m1, 1',
    `delivered m1 of ${QUEUE}, 2`,
    'dead-lettered m1, 2: attempts-exhausted',
  ])
})

test('what a drain gives back is told as released', async (t) => {
  const { told, observer } = recorder()
  const { bus, clock } = aBus(t, observer)
  const started = Promise.withResolvers<void>()
  const handler = () => {
    started.resolve()
    return new Promise<void>(() => {})
  }
  const subscription = await bus.subscribe({ queue: QUEUE, schema, handler })
  await bus.publish({ queue: QUEUE, id: 'm1', body: { text: 'hello' } })
  await started.promise

  const draining = subscription.drain(0)
  await waitUntil('the drain is over', async () => {
    clock.advance(250)
    return told.length === 3
  })

  assert.equal(told.at(-1), 'released m1, 1')
  assert.deepEqual(await draining, { released: 1 })
})

test('an observer that throws is told to the log and disturbs nobody', async (t) => {
  const { told, observer } = recorder()
  const fail = () => {
    throw new Error('broken gauge')
  }
  const { bus, errors } = aBus(t, { published: fail, delivered: fail, settled: fail }, observer)
  await bus.subscribe({ queue: QUEUE, schema, handler: async () => {} })

  const { duplicate } = await bus.publish({ queue: QUEUE, id: 'm1', body: { text: 'hello' } })

  assert.equal(duplicate, false)
  await waitUntil('it is acked', async () => (await bus.status('m1'))?.state === 'processed')
  await waitUntil('all of it was told', () => told.length === 3)
  assert.equal(errors.length, 3)
})
