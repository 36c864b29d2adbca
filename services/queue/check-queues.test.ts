import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { QueueReport } from '#shared/contracts'
import { AppError } from '#shared/errors'
import {
  type ConsumerState,
  createMemoryDriver,
  createMessageBus,
  type DriverConnection,
} from '#shared/messaging'
import { createServiceStats, type HealthReport } from '#shared/monitoring'
import { checkQueues } from './check-queues'
import { createEnqueueMessage, type Intake } from './enqueue-message'
import type { RemoteWorker } from './workers/worker-registry'

const job = {
  request_id: 'r-1',
  conversation_id: null,
  user_input: 'tell me a joke',
  outcome: 'refused',
  query: null,
  intent: 'unknown',
  intent_confidence: 0,
  engine: 'embedded',
  model: null,
  validation: null,
  created_at: '2025-03-12T10:20:00Z',
  attempt: 1,
} as const

const queue: QueueReport = {
  name: 'processing.jobs',
  ready: 0,
  delayed: 0,
  in_flight: 0,
  consumers: 1,
  paused_consumers: [],
  oldest_age_ms: null,
  dead_letters: 3,
  dead_letter_queue: 'processing.jobs.dlq',
  rates: {
    published: { per_second: 0, total: 0 },
    delivered: null,
    acked: null,
    retried: null,
    dead_lettered: null,
  },
  limits: { length_max: 100, ttl_ms: null, priorities: false },
}

interface Situation {
  readonly queues?: readonly QueueReport[]
  readonly connection?: DriverConnection
  readonly consumers?: readonly ConsumerState[]
  readonly workers?: readonly RemoteWorker[]
  readonly intake?: Intake
}

/** Queues are asked for only when their broker is there. */
function check({
  queues,
  connection = { state: 'connected' },
  consumers = [],
  workers = [],
  intake = { failure: undefined },
}: Situation): Promise<HealthReport> {
  const all = () =>
    queues === undefined ? Promise.reject(new Error('was asked')) : Promise.resolve([...queues])
  return checkQueues({
    bus: { connection: () => connection, consumers: () => consumers },
    readQueues: { all },
    workersOf: (name) => workers.filter((worker) => worker.queue === name),
    intake,
  })
}

describe('the health of the queues', () => {
  test('is not spoilt by dead letters, which are told', async () => {
    assert.deepEqual(await check({ queues: [queue] }), {
      status: 'healthy',
      detail: 'processing.jobs: 0 ready, 0 in flight, 3 dead',
    })
  })

  test('is degraded when a queue fills up, delayed messages included', async () => {
    const { status, detail } = await check({ queues: [queue, { ...queue, ready: 41, delayed: 40 }] })

    assert.equal(status, 'degraded')
    assert.match(detail ?? '', /41 ready, .* filling, 100 may wait$/)
  })

  test('looks at the limit of each queue, and at what the broker can tell', async () => {
    const limits = { ...queue.limits, length_max: 10 }
    const untold = { ...queue, delayed: null, in_flight: null, limits }

    assert.equal((await check({ queues: [{ ...untold, ready: 8 }] })).status, 'healthy')
    assert.deepEqual(await check({ queues: [{ ...untold, ready: 9 }] }), {
      status: 'degraded',
      detail: 'processing.jobs: 9 ready, 3 dead, filling, 10 may wait',
    })
  })

  test('is degraded while a consumer waits for its callee', async () => {
    const paused = {
      queue: 'processing.jobs',
      held: 0,
      circuit: 'open',
      pausedUntil: Date.parse('2025-03-12T10:20:00Z'),
      reason: 'processing_service cannot be reached',
    } as const
    const { pausedUntil: _, ...probing } = { ...paused, circuit: 'probing' } as const

    assert.deepEqual(
      await check({ queues: [queue], consumers: [{ ...probing, circuit: 'closed' }, paused] }),
      {
        status: 'degraded',
        detail:
          'processing.jobs: 0 ready, 0 in flight, 3 dead; the consumer of processing.jobs is paused until ' +
          '2025-03-12T10:20:00.000Z: processing_service cannot be reached',
      },
    )
    const { status, detail } = await check({ queues: [], consumers: [probing] })
    assert.equal(status, 'degraded')
    assert.match(detail ?? '', /is trying one message after a pause: processing_service cannot be reached$/)
  })

  test('tells of workers elsewhere that are paused', async () => {
    const at = { queue: 'processing.jobs', worker: 'host-2:4711' }
    const paused = { until: Date.parse('2025-03-12T10:20:00Z'), reason: 'ECONNREFUSED' }

    const working = await check({ queues: [queue], workers: [at] })
    const waiting = await check({ queues: [queue], workers: [at, { ...at, paused }] })

    assert.equal(working.status, 'healthy')
    assert.equal(waiting.status, 'degraded')
    assert.match(
      waiting.detail ?? '',
      /; the worker host-2:4711 of processing\.jobs is paused until 2025-03-12T10:20:00\.000Z: ECONNREFUSED$/,
    )
  })

  test('is gone without the broker, which is not asked', async () => {
    assert.deepEqual(await check({ connection: { state: 'disconnected', detail: 'ECONNREFUSED' } }), {
      status: 'unhealthy',
      detail: 'the broker is not connected: ECONNREFUSED',
    })
    assert.deepEqual(await check({ connection: { state: 'blocked', detail: 'low on memory' } }), {
      status: 'degraded',
      detail: 'the broker takes no messages: low on memory',
    })
  })

  test('is degraded from the first message that finds no room to the next one that does', async () => {
    const driver = createMemoryDriver({})
    let isFull = true
    const bus = createMessageBus({
      driver: Object.assign(Object.create(driver), {
        send: (...args: Parameters<typeof driver.send>) =>
          isFull ? Promise.reject(new AppError('storage-full', { detail: 'no room' })) : driver.send(...args),
      }),
      retryDelaysMs: [],
      leaseMs: 1_000,
    })
    const intake: Intake = { failure: undefined }
    const publishEach = async () => []
    const enqueue = createEnqueueMessage({ bus, stats: createServiceStats(), intake, publishEach })
    const message = { queue: 'processing.jobs', payload: job, events: [] as unknown[] } as const

    await assert.rejects(enqueue(message), /no room/)
    assert.deepEqual(await check({ intake }), {
      status: 'degraded',
      detail: 'takes no messages: no room',
    })

    isFull = false
    await enqueue(message)
    assert.equal((await check({ queues: [queue], intake })).status, 'healthy')
    await driver.close()
  })
})
