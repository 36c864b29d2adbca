import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AppError } from '#shared/errors'
import { createMemoryDriver, createMessageBus } from '#shared/messaging'
import { createServiceStats } from '#shared/monitoring'
import { checkQueues } from './check-queues'
import { createEnqueueMessage, type Intake } from './enqueue-message'

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

const queue = {
  name: 'processing.jobs',
  ready: 0,
  delayed: 0,
  in_flight: 0,
  dead_letters: 3,
  dead_letter_queue: 'processing.jobs.dlq',
  oldest_age_ms: null,
}

describe('the health of the queues', () => {
  test('is not spoilt by dead letters', () => {
    assert.equal(checkQueues([queue], 100, { failure: undefined }).status, 'healthy')
  })

  test('is degraded when a queue fills up, delayed messages included', () => {
    const filling = { ...queue, ready: 41, delayed: 40 }

    assert.equal(checkQueues([filling], 100, { failure: undefined }).status, 'degraded')
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
    assert.deepEqual(checkQueues([queue], 100, intake), {
      status: 'degraded',
      detail: 'takes no messages: no room',
    })

    isFull = false
    await enqueue(message)
    assert.equal(checkQueues([queue], 100, intake).status, 'healthy')
    await driver.close()
  })
})
