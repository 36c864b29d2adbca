import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { AppError } from '#shared/errors'
import { createPublishEvents } from './publish-events'
import { aDomainEvent } from './testing/a-domain-event'
import { anEventBus } from './testing/an-event-bus'

function setUp(t: TestContext, ...options: Parameters<typeof anEventBus>) {
  const parts = anEventBus(...options)
  t.after(parts.close)
  const publishEvents = createPublishEvents(parts.publishEach)
  const publish = (...inputs: unknown[]) =>
    publishEvents({ inputs, pointerOf: (index) => `/events/${index}` })
  const readyIn = async (queue: string) => (await parts.bus.queueStats(queue)).ready
  return { ...parts, publish, readyIn }
}

/** One that no queue has room for any longer: ten may wait. */
const eleven = Array.from({ length: 11 }, (_, index) => aDomainEvent({ event_id: `e-${index}` }))

describe('publishing domain events', () => {
  test('copies each to every queue that is bound, and says that it was accepted', async (t) => {
    const { publish, readyIn, stats } = setUp(t)

    const published = await publish(aDomainEvent({ event_id: 'e-1' }), aDomainEvent({ event_id: 'e-2' }))

    assert.deepEqual(published, {
      taken: 2,
      rejected: 0,
      events: [
        { index: 0, event_id: 'e-1', status: 'accepted' },
        { index: 1, event_id: 'e-2', status: 'accepted' },
      ],
    })
    assert.deepEqual([await readyIn('events.storage'), await readyIn('events.analytics')], [2, 2])
    assert.equal(stats.snapshot().counters.events_accepted, 2)
  })

  test('takes the same event once, in one batch and in two', async (t) => {
    const { publish, readyIn } = setUp(t)

    const first = await publish(aDomainEvent(), aDomainEvent())
    const second = await publish(aDomainEvent())

    assert.deepEqual(
      [...first.events, ...second.events].map(({ status }) => status),
      ['accepted', 'duplicate', 'duplicate'],
    )
    assert.equal(await readyIn('events.storage'), 1)
  })

  test('takes the good ones of a batch and names what is wrong with the others, and where', async (t) => {
    const { publish, readyIn } = setUp(t)

    const published = await publish(
      aDomainEvent({ event_id: 'good' }),
      aDomainEvent({ event_id: 'bad', event_type: 'Nonsense' }),
      'hello',
      aDomainEvent({ event_id: 'half', event_type: 'feedback.submitted', data: { rating: 9 } }),
    )

    assert.deepEqual([published.taken, published.rejected, await readyIn('events.storage')], [1, 3, 1])
    assert.deepEqual(
      published.events.map(({ event_id, status }) => [event_id, status]),
      [
        ['good', 'accepted'],
        ['bad', 'rejected'],
        [null, 'rejected'],
        ['half', 'rejected'],
      ],
    )
    const pointersOf = (index: number) =>
      published.events[index]?.error?.errors.map(({ pointer }) => pointer) ?? []
    assert.deepEqual(pointersOf(1), ['/events/1/event_type'])
    assert.deepEqual(pointersOf(2), ['/events/2'])
    assert.ok(pointersOf(3).includes('/events/3/data/rating'))
    assert.equal(published.events[1]?.error?.code, 'invalid-request')
    assert.equal(published.events[1]?.error?.retryable, false)
  })

  test('rejects another event under an id that is used, and no other', async (t) => {
    const { publish } = setUp(t)

    const { events } = await publish(aDomainEvent(), aDomainEvent({ data: { user: 8 } }))

    assert.deepEqual(
      events.map(({ status, error }) => [status, error?.code]),
      [
        ['accepted', undefined],
        ['rejected', 'request-conflict'],
      ],
    )
  })

  test('tells which events found no room, and that they may be sent again', async (t) => {
    const { publish } = setUp(t)

    const { taken, events } = await publish(...eleven)

    assert.equal(taken, 10)
    assert.deepEqual(
      events.slice(10).map(({ event_id, error }) => [event_id, error?.code, error?.retryable]),
      [['e-10', 'queue-full', true]],
    )
  })

  test('fails as a whole with what all of them failed with', async (t) => {
    const { publish } = setUp(t)
    await publish(...eleven)

    await assert.rejects(
      publish(aDomainEvent({ event_id: 'late' }), aDomainEvent({ event_id: 'later' })),
      (error) =>
        error instanceof AppError &&
        error.code === 'queue-full' &&
        error.retryAfterSeconds !== undefined &&
        error.message.endsWith('(and 1 more events)'),
    )
    await assert.rejects(
      publish({}),
      (error) => error instanceof AppError && error.code === 'invalid-request',
    )
  })

  test('does not fail as a whole when the reasons differ', async (t) => {
    const { publish } = setUp(t)
    await publish(...eleven)

    const { events } = await publish(aDomainEvent({ event_id: 'late' }), {})

    assert.deepEqual(
      events.map(({ error }) => error?.code),
      ['queue-full', 'invalid-request'],
    )
  })

  test('says of an event whether nobody may have it or nobody wants it', async (t) => {
    const filter = { include: [], exclude: ['app.noise.#'] }
    const { publish } = setUp(t, { 'events.storage': 'query.*' }, { EVENT_FILTER: filter })

    const { events } = await publish(
      aDomainEvent({ event_id: 'held-back', event_type: 'app.noise.made' }),
      aDomainEvent({ event_id: 'unwanted' }),
    )

    assert.deepEqual(
      events.map(({ status }) => status),
      ['filtered', 'unrouted'],
    )
  })

  test('gives each queue what its pattern asks for', async (t) => {
    const { publish, readyIn } = setUp(t, { 'events.storage': 'query.*', errors: 'errors.#' })

    await publish(
      aDomainEvent({ event_id: 'e-1', event_type: 'errors.generation.timeout' }),
      aDomainEvent({ event_id: 'e-2', event_type: 'errors.storage' }),
      aDomainEvent({ event_id: 'e-3', event_type: 'query.cancelled' }),
    )

    assert.deepEqual([await readyIn('errors'), await readyIn('events.storage')], [2, 1])
  })

  test('wants the time of an event that has an id, so that it is the same when it is sent again', async (t) => {
    const { publish } = setUp(t)
    const { occurred_at: _, ...timeless } = aDomainEvent()

    await assert.rejects(
      publish(timeless),
      (error) => error instanceof AppError && error.errors[0]?.pointer === '/events/0/occurred_at',
    )
  })
})
