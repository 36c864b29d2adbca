import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createMemoryDriver, createMessageBus, type Topology } from '#shared/messaging'
import { QueueRates } from './queue-rates'

const topology: Topology = {
  queues: [],
  exchanges: [{ name: 'events', type: 'topic' }],
  bindings: [
    { exchange: 'events', pattern: '#', queue: 'events.storage' },
    { exchange: 'events', pattern: 'query.*', queue: 'events.analytics' },
  ],
  retryDelaysMs: [],
}

function aClock() {
  let now = 5_000
  return {
    elapsed: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

const total = (rate: { total: number } | null) => rate?.total

test('a message to an exchange counts in each queue it goes to, a repeated one in none', async (t) => {
  const rates = new QueueRates({ clock: aClock(), topology, seesEveryDelivery: true })
  const driver = createMemoryDriver({ topology })
  const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 1_000, observers: [rates] })
  t.after(() => bus.close(0))

  await bus.publish({ exchange: 'events', routingKey: 'query.generated', id: 'e1', body: 1 })
  await bus.publish({ exchange: 'events', routingKey: 'query.generated', id: 'e1', body: 1 })
  await bus.publish({ exchange: 'events', routingKey: 'feedback.submitted', id: 'e2', body: 2 })
  await bus.publish({ queue: 'events.storage', id: 'e3', body: 3 })

  assert.equal(rates.read('events.storage').published.total, 3)
  assert.equal(rates.read('events.analytics').published.total, 1)
})

test('deliveries count by what became of them', async (t) => {
  const clock = aClock()
  const rates = new QueueRates({ clock, topology, seesEveryDelivery: true })
  const driver = createMemoryDriver({})
  const bus = createMessageBus({ driver, retryDelaysMs: [0], leaseMs: 1_000, observers: [rates] })
  t.after(() => bus.close(0))
  const isDone = Promise.withResolvers<void>()
  let failures = 0
  await bus.subscribe({
    queue: 'jobs',
    schema: z.string(),
    prefetch: 1,
    handler: async (kind) => {
      if (kind === 'bad') {
        failures += 1
        throw new Error('no')
      }
      if (kind === 'last') isDone.resolve()
    },
  })

  for (const [id, body] of [
    ['g', 'good'],
    ['b', 'bad'],
  ] as const)
    await bus.publish({ queue: 'jobs', id, body })
  while ((await bus.status('b'))?.state !== 'failed') await new Promise((resolve) => setImmediate(resolve))
  await bus.publish({ queue: 'jobs', id: 'l', body: 'last' })
  await isDone.promise
  while ((await bus.status('l'))?.state !== 'processed') await new Promise((resolve) => setImmediate(resolve))
  clock.advance(2_000)

  const read = rates.read('jobs')
  assert.equal(failures, 2)
  assert.deepEqual(
    [read.published, read.delivered, read.acked, read.retried, read.dead_lettered].map(total),
    [3, 4, 2, 1, 1],
  )
  assert.equal(read.delivered?.per_second, 2)
})

test('what others may do with a queue unseen is not told before this process has consumed from it', () => {
  const rates = new QueueRates({ clock: aClock(), topology, seesEveryDelivery: false })
  rates.count('jobs', 'published')

  const before = rates.read('jobs')
  rates.delivered({ queue: 'jobs' })
  const after = rates.read('jobs')

  assert.equal(before.published.total, 1)
  assert.deepEqual(
    [before.delivered, before.acked, before.retried, before.dead_lettered],
    [null, null, null, null],
  )
  assert.deepEqual([after.delivered, after.acked].map(total), [1, 0])
})

test('names without end cost no more than a bounded number of counters', () => {
  const rates = new QueueRates({ clock: aClock(), topology, seesEveryDelivery: true })
  rates.count('jobs', 'published')
  for (let index = 0; index < 5_000; index++) rates.count(`made-up-${index}`, 'published')

  rates.count('jobs', 'published')

  assert.equal(rates.read('jobs').published.total, 2)
  assert.equal(rates.read('made-up-4999').published.total, 0)
})
