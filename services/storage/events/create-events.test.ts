import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { DomainEvent, MeshEvent } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { anEventStore } from './testing/an-event-store'
import { aMeshEvent, eventsOfQuestion } from './testing/mesh-events'

function aDatabaseFile(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-events-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, 'storage.db')
}

const ofAnother: DomainEvent = {
  event_id: 'e-1',
  event_type: 'app.user.signed-in',
  service: 'crm',
  occurred_at: '2025-03-12T12:20:00+02:00',
  data: { user: 7 },
}

describe('consuming domain events', () => {
  test('records each in the history and counts it, both once', async (t) => {
    const store = anEventStore(t)
    await store.start()

    for (const event of eventsOfQuestion()) await store.publish(event)
    await store.settled()

    assert.deepEqual(
      store.history().map(({ event_type, service, request_id }) => [event_type, service, request_id]),
      [
        ['query.generated', 'api_gateway', 'r-1'],
        ['query.processed', 'processing_service', 'r-1'],
        ['query.validated', 'api_gateway', 'r-1'],
      ],
    )
    assert.deepEqual(
      store.aggregates().map(({ hour, event_type, events, valid, duration_us_sum, tokens }) => ({
        hour,
        event_type,
        events,
        valid,
        duration_us_sum,
        tokens,
      })),
      [
        { event_type: 'query.generated', events: 1, valid: 0, duration_us_sum: 1_500, tokens: 42 },
        { event_type: 'query.processed', events: 1, valid: 1, duration_us_sum: 1_500, tokens: 0 },
        { event_type: 'query.validated', events: 1, valid: 1, duration_us_sum: 1_500, tokens: 0 },
      ].map((row) => ({ hour: '2025-03-12T10:00:00.000Z', ...row })),
    )
  })

  test('changes nothing when an event is delivered again, also under another message id', async (t) => {
    const store = anEventStore(t)
    await store.start()
    for (const event of eventsOfQuestion()) await store.publish(event)
    await store.settled()
    const [history, aggregates] = [store.history(), store.aggregates()]

    for (const event of eventsOfQuestion()) await store.publish(event, `again-${event.event_id}`)
    await store.settled()

    assert.deepEqual(store.history(), history)
    assert.deepEqual(store.aggregates(), aggregates)
    const { counters } = store.stats.snapshot()
    assert.deepEqual([counters['events.storage.consumed'], counters['events.storage.duplicate']], [3, 3])
    assert.deepEqual([counters['events.analytics.consumed'], counters['events.analytics.duplicate']], [3, 3])
  })

  test('keeps neither the effect nor the inbox row when the transaction fails, and both when it comes again', async (t) => {
    const store = anEventStore(t)
    store.database.exec(`CREATE TRIGGER refuse BEFORE INSERT ON event_history
      BEGIN SELECT RAISE(ABORT, 'not now'); END`)
    await store.start()

    await store.publish(aMeshEvent('query.processed'))
    while ((store.stats.snapshot().counters['events.analytics.consumed'] ?? 0) < 1) await nextTurn()
    assert.deepEqual(inboxOf(store), ['events.analytics'])
    store.database.exec('DROP TRIGGER refuse')
    await store.settled()

    assert.equal(store.history().length, 1)
    assert.deepEqual(inboxOf(store), ['events.analytics', 'events.storage'])
  })

  test('counts an event of another producer and keeps its data, its time in UTC', async (t) => {
    const store = anEventStore(t)
    await store.start()

    await store.publish(ofAnother)
    await store.settled()

    const [row] = store.history()
    assert.deepEqual([row?.occurred_at, row?.data], ['2025-03-12T10:20:00.000Z', '{"user":7}'])
    const [count] = store.aggregates()
    assert.deepEqual(
      [count?.event_type, count?.service, count?.intent, count?.events, count?.duration_count],
      ['app.user.signed-in', 'crm', '', 1, 0],
    )
  })

  test('gives up at once what is no event', async (t) => {
    const store = anEventStore(t)
    await store.start()

    await store.bus.publish({ queue: 'events.storage', body: { event_type: 'query.generated' } })
    await store.settled()

    const { deadLetters } = await store.bus.deadLetters('events.storage', { limit: 10 })
    assert.deepEqual(
      deadLetters.map(({ cause }) => cause.reason),
      ['invalid-message'],
    )
  })

  test('reads only the queues that are bound', async (t) => {
    const store = anEventStore(t, { env: { EVENT_BINDINGS: 'events.storage=query.*,errors=errors.#' } })
    await store.start()

    await store.publish(aMeshEvent('query.processed'))
    await store.publish({ ...ofAnother, event_type: 'errors.generation.timeout' })

    while (store.history().length < 1) await nextTurn()
    assert.equal((await store.bus.queueStats('errors')).ready, 1)
    assert.deepEqual(store.aggregates(), [])
  })
})

describe('events that are recorded without being published', () => {
  const events = [
    ...eventsOfQuestion({ requestId: 'r-1', durationMs: 0.1 }),
    ...eventsOfQuestion({ requestId: 'r-2', durationMs: 0.2, isValid: false }),
    ...eventsOfQuestion({ requestId: 'r-3', durationMs: 0.7, occurredAt: '2025-03-12T11:59:59.999Z' }),
    aMeshEvent('feedback.submitted', { requestId: 'r-1', rating: 2 }),
    ofAnother,
  ]

  const environments: Record<string, string>[] = [
    {},
    { EVENT_BINDINGS: 'events.storage=query.*,events.analytics=#' },
    { EVENT_FILTER: '!query.validated' },
    { EVENT_ROUTING_KEY: 'app.{service}.{event_type}', EVENT_BINDINGS: 'events.analytics=app.*.query.#' },
  ]
  for (const env of environments) {
    test(`leave the same tables as published ones, with ${JSON.stringify(env)}`, async (t) => {
      const published = anEventStore(t, { env })
      const direct = anEventStore(t, { env: { ...env, EVENTS: 'off' } })
      await published.start()

      for (const event of events) await published.publish(event)
      await published.settled()
      // In another order and some twice, as jobs are that come again.
      const backwards = [...events].reverse()
      for (const event of [...backwards, ...events.slice(0, 3)]) {
        await direct.group.run(() => direct.recordDirectly([event], null))
      }

      assert.ok(published.history().length + published.aggregates().length > 0)
      assert.deepEqual(direct.history(), published.history())
      assert.deepEqual(direct.aggregates(), published.aggregates())
    })
  }
})

describe('the outbox', () => {
  test('publishes what was put into it, and is empty then', async (t) => {
    const store = anEventStore(t)
    await store.start()

    await putIntoOutbox(store, aMeshEvent('feedback.submitted'))
    await emptied(store)
    await store.settled()

    assert.deepEqual(
      store.history().map(({ event_type }) => event_type),
      ['feedback.submitted'],
    )
  })

  test('does not publish what was rolled back', async (t) => {
    const store = anEventStore(t)
    await store.start()

    await assert.rejects(
      store.group.run(() => {
        store.tell(aMeshEvent('feedback.submitted'), null)
        throw new Error('and undone')
      }),
    )
    store.told()

    assert.deepEqual(store.outboxCounts(), { waiting: 0, deferred: 0, failed: 0 })
  })

  test('keeps what was not taken and publishes it later, in order', async (t) => {
    let isDown = true
    const taken: string[] = []
    const store = anEventStore(t, {
      env: { EVENT_OUTBOX_RETRY_MS: '5' },
      publish: async ({ event_id }) => {
        if (isDown) throw new AppError('service-unavailable')
        taken.push(event_id)
      },
    })
    await store.start()

    for (const requestId of ['f-1', 'f-2', 'f-3'])
      await putIntoOutbox(store, aMeshEvent('feedback.submitted', { requestId }))
    assert.deepEqual(store.outboxCounts(), { waiting: 3, deferred: 0, failed: 0 })
    isDown = false
    await emptied(store)

    assert.deepEqual(
      taken,
      ['f-1', 'f-2', 'f-3'].map((id) => `${id}.feedback.submitted`),
    )
  })

  for (const code of ['internal-error', 'connection-lost'] as const) {
    test(`has others pass by one that fails again and again with ${code}`, async (t) => {
      const taken: string[] = []
      const takenBefore: number[] = []
      const store = anEventStore(t, {
        env: { EVENT_OUTBOX_RETRY_MS: '5' },
        publish: async ({ event_id }) => {
          const isOdd = event_id.startsWith('odd')
          const tries = takenBefore.length
          // Whoever waits for it first gets to the others only after fifty tries.
          if (isOdd && (taken.length < 2 || tries < 6) && tries < 50) {
            takenBefore.push(taken.length)
            throw new AppError(code)
          }
          taken.push(event_id.split('.')[0] ?? '')
        },
      })
      await store.start()

      await store.group.run(() => {
        for (const requestId of ['odd', 'good-1', 'good-2'])
          store.tell(aMeshEvent('feedback.submitted', { requestId }), null)
      })
      store.told()
      await emptied(store)

      assert.deepEqual(taken, ['good-1', 'good-2', 'odd'])
      assert.deepEqual(takenBefore.slice(0, 3), [0, 0, 0], 'a bad moment changes no order')
      assert.deepEqual(store.outboxCounts(), { waiting: 0, deferred: 0, failed: 0 })
    })
  }

  for (const code of ['service-unavailable', 'broker-refused'] as const) {
    test(`has none pass by another while nothing takes events at all: ${code}`, async (t) => {
      const tried: string[] = []
      const store = anEventStore(t, {
        env: { EVENT_OUTBOX_RETRY_MS: '1' },
        publish: async ({ event_id }) => {
          tried.push(event_id.split('.')[0] ?? '')
          if (tried.length <= 10) throw new AppError(code)
        },
      })
      await store.start()

      for (const requestId of ['f-1', 'f-2'])
        await putIntoOutbox(store, aMeshEvent('feedback.submitted', { requestId }))
      await emptied(store)

      assert.deepEqual(tried, [...Array(11).fill('f-1'), 'f-2'])
    })
  }

  test('takes what a process left behind that ended before it could publish it', async (t) => {
    const path = aDatabaseFile(t)
    const neverAnswers = () => Promise.reject(new AppError('service-unavailable'))
    const first = anEventStore(t, { path, publish: neverAnswers })
    await putIntoOutbox(first, aMeshEvent('feedback.submitted'))
    await first.close()

    const second = anEventStore(t, { path })
    await second.start()
    await emptied(second)
    await second.settled()

    assert.equal(second.history().length, 1)
  })

  test('records what was left behind when events were switched off meanwhile', async (t) => {
    const path = aDatabaseFile(t)
    const first = anEventStore(t, { path, publish: () => Promise.reject(new AppError('queue-full')) })
    await putIntoOutbox(first, aMeshEvent('feedback.submitted'))
    await first.close()

    const second = anEventStore(t, { path, env: { EVENTS: 'off' } })
    await second.start()
    await emptied(second)

    assert.equal(second.history().length, 1)
    assert.equal(second.aggregates().length, 1)
  })

  test('takes an id that is in use for an event that was taken before', async (t) => {
    const store = anEventStore(t, { publish: () => Promise.reject(new AppError('request-conflict')) })
    await store.start()

    await putIntoOutbox(store, aMeshEvent('feedback.submitted'))
    await emptied(store)

    assert.deepEqual(store.outboxCounts(), { waiting: 0, deferred: 0, failed: 0 })
  })

  test('sets aside what will never be taken, so that it is in nobody’s way', async (t) => {
    const taken: string[] = []
    const store = anEventStore(t, {
      publish: async ({ event_id }) => {
        if (event_id.startsWith('bad')) throw new AppError('invalid-request', { detail: 'not like that' })
        taken.push(event_id)
      },
    })
    await store.start()

    await putIntoOutbox(store, aMeshEvent('feedback.submitted', { requestId: 'bad' }))
    await putIntoOutbox(store, aMeshEvent('feedback.submitted', { requestId: 'good' }))
    await emptied(store)

    assert.deepEqual(taken, ['good.feedback.submitted'])
    assert.deepEqual(store.outboxCounts(), { waiting: 0, deferred: 0, failed: 1 })
    assert.deepEqual(store.database.prepare('SELECT failure FROM event_outbox').all(), [
      { failure: 'invalid-request: not like that' },
    ])
  })
})

type EventStore = ReturnType<typeof anEventStore>

async function putIntoOutbox(store: EventStore, event: MeshEvent): Promise<void> {
  await store.group.run(() => store.tell(event, null))
  store.told()
}

async function emptied(store: EventStore): Promise<void> {
  while (store.outboxCounts().waiting > 0) await nextTurn()
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function inboxOf({ database }: EventStore): string[] {
  return database
    .prepare<[], { consumer: string }>('SELECT consumer FROM inbox ORDER BY consumer')
    .all()
    .map(({ consumer }) => consumer)
}
