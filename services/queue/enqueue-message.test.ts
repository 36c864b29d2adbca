import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ProcessingJob } from '#shared/contracts'
import { createEnqueueMessage } from './enqueue-message'
import { createPublishEach } from './publish-each'
import { aDomainEvent } from './testing/a-domain-event'
import { anEventBus } from './testing/an-event-bus'

const job: ProcessingJob = {
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
}

function setUp(t: TestContext) {
  const parts = anEventBus()
  t.after(parts.close)
  const enqueue = createEnqueueMessage({ ...parts, intake: { failure: undefined } })
  return {
    ...parts,
    enqueue: (requestId: string, ...events: unknown[]) =>
      enqueue({ queue: 'processing.jobs', payload: { ...job, request_id: requestId }, events }),
  }
}

describe('enqueueing a job with domain events', () => {
  test('publishes them beside it and tells what became of each', async (t) => {
    const { enqueue, bus } = setUp(t)

    const enqueued = await enqueue('r-1', aDomainEvent())

    assert.deepEqual(enqueued, {
      message_id: 'r-1',
      queue: 'processing.jobs',
      duplicate: false,
      queue_size: 1,
      events: [{ index: 0, event_id: 'e-1', status: 'accepted' }],
    })
    assert.equal((await bus.queueStats('events.storage')).ready, 1)
  })

  test('hands all of it over in one turn, the job first, so that an embedded queue commits it at once', async (t) => {
    const parts = setUp(t)
    const handedOver: string[] = []
    const bus: typeof parts.bus = Object.assign(Object.create(parts.bus), {
      publish(options: Parameters<typeof parts.bus.publish>[0]) {
        handedOver.push('queue' in options ? options.queue : options.exchange)
        return parts.bus.publish(options)
      },
    })
    const publishEach = createPublishEach({ ...parts, bus, route: () => 'app.user.signed-in' })
    const enqueue = createEnqueueMessage({ ...parts, bus, publishEach, intake: { failure: undefined } })

    const enqueueing = enqueue({ queue: 'processing.jobs', payload: job, events: [aDomainEvent()] })

    assert.deepEqual(handedOver, ['processing.jobs', 'events'])
    await enqueueing
  })

  test('tells of no size where the driver knows none', async (t) => {
    const parts = setUp(t)
    const bus: typeof parts.bus = Object.assign(Object.create(parts.bus), {
      publish: async (options: Parameters<typeof parts.bus.publish>[0]) => ({
        ...(await parts.bus.publish(options)),
        queueSize: undefined,
      }),
    })
    const enqueue = createEnqueueMessage({ ...parts, bus, intake: { failure: undefined } })

    const { queue_size } = await enqueue({ queue: 'processing.jobs', payload: job, events: [] })

    assert.equal(queue_size, null)
  })

  test('keeps the job when an event is not one', async (t) => {
    const { enqueue, bus } = setUp(t)

    const { events } = await enqueue('r-1', { event_type: 'x' }, aDomainEvent())

    assert.deepEqual(
      events.map(({ status }) => status),
      ['rejected', 'accepted'],
    )
    assert.ok(events[0]?.error?.errors.some(({ pointer }) => pointer === '/events/0/event_type'))
    assert.equal((await bus.status('r-1'))?.state, 'accepted')
  })

  test('keeps the events when the job finds no room, and adds nothing when all is sent again', async (t) => {
    const { enqueue, bus } = setUp(t)
    for (let index = 0; index < 10; index++) await enqueue(`r-${index}`)

    await assert.rejects(enqueue('r-10', aDomainEvent()), /holds 10 messages/)
    assert.equal((await bus.queueStats('events.storage')).ready, 1)

    await bus.purge('processing.jobs')
    const again = await enqueue('r-10', aDomainEvent())
    assert.deepEqual([again.duplicate, again.events[0]?.status], [false, 'duplicate'])
  })
})
