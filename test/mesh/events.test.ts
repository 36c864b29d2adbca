import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { EventPage, EventsPublished } from '#shared/contracts'
import { ask, getJson, haveAllParents, postJson, processed } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'

interface Problem {
  readonly code: string
  readonly errors: readonly { readonly pointer: string; readonly message: string }[]
}

interface AggregateRow {
  readonly event_type: string
  readonly service: string
  readonly intent: string
  readonly engine: string
  readonly events: number
  readonly valid: number
  readonly invalid: number
  readonly duration_count: number
  readonly rating_count: number
  readonly rating_sum: number
  readonly tokens: number
}

const anEvent = (id: string, event: Record<string, unknown> = {}) => ({
  event_id: id,
  event_type: 'app.deploy.finished',
  service: 'ci',
  occurred_at: '2025-03-12T10:20:00.000Z',
  data: { version: id },
  ...event,
})

const publish = <Body = EventsPublished>(mesh: Mesh, body: unknown) =>
  postJson<Body>(`${mesh.urlOf('queue')}/events`, body)

const readEvents = async (mesh: Mesh, query: string): Promise<EventPage> =>
  (await getJson<EventPage>(`${mesh.urlOf('storage')}/events?${query}`)).body

const readQueue = async (mesh: Mesh, name: string) =>
  (
    await getJson<{ ready: number; delayed: number; in_flight: number; dead_letters: number }>(
      `${mesh.urlOf('queue')}/queues/${name}`,
    )
  ).body

/** Events of one type in the history, and what the aggregates count of it. */
function countsOf(mesh: Mesh, eventType: string): { readonly history: number; readonly aggregates: number } {
  const sum = (sql: string) => storedRows<{ sum: number }>(mesh, 'storage.db', sql, eventType)[0]?.sum ?? 0
  return {
    history: sum('SELECT count(*) AS sum FROM event_history WHERE event_type = ?'),
    aggregates: sum('SELECT coalesce(sum(events), 0) AS sum FROM event_aggregates WHERE event_type = ?'),
  }
}

const aggregatesOf = (mesh: Mesh): AggregateRow[] =>
  storedRows<AggregateRow>(
    mesh,
    'storage.db',
    `SELECT event_type, service, intent, engine, sum(events) AS events, sum(valid) AS valid, sum(invalid) AS invalid,
        sum(duration_count) AS duration_count, sum(rating_count) AS rating_count, sum(rating_sum) AS rating_sum,
        sum(tokens) AS tokens
      FROM event_aggregates GROUP BY event_type, service, intent, engine
      ORDER BY event_type, service, intent, engine`,
  )

describe('domain events of a running mesh', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({
      otlpUrl: receiver.url,
      env: { EVENT_BINDINGS: 'events.storage=#,events.analytics=#,alerts=errors.#' },
    })
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  test('a question leaves its three in the history, newest first, and in the aggregates', async () => {
    const before = countsOf(mesh, 'query.processed').aggregates
    const { body } = await ask(mesh.url)

    const { events } = await eventually('the events are in the history', async () => {
      const page = await readEvents(mesh, `request_id=${body.request_id}`)
      return page.events.length === 3 && page
    })

    assert.deepEqual(
      events.map(({ event_type, service, trace_id }) => [event_type, service, trace_id]),
      [
        ['query.processed', 'processing_service', body.trace_id],
        ['query.validated', 'api_gateway', body.trace_id],
        ['query.generated', 'api_gateway', body.trace_id],
      ],
    )
    const [processedEvent, validated, generated] = events.map(({ data }) => data)
    assert.equal(generated?.query, body.query)
    assert.equal(validated?.is_valid, true)
    assert.equal(processedEvent?.attempts, 1)
    await eventually(
      'the event is counted',
      () => countsOf(mesh, 'query.processed').aggregates === before + 1,
    )
  })

  test('feedback is told once it is stored, in its own trace, with what the rated request was about', async () => {
    const { body: answer } = await ask(mesh.url)
    await processed(mesh.url, answer.request_id)
    const { body: feedback } = await postJson<{ feedback_id: string; trace_id: string }>(
      `${mesh.url}/api/feedback`,
      { user_input: 'errors', generated_query: answer.query, rating: 2, request_id: answer.request_id },
    )

    const [event] = await eventually('the event is in the history', async () => {
      const { events } = await readEvents(mesh, `type=feedback.submitted&request_id=${answer.request_id}`)
      return events.length > 0 && events
    })

    assert.equal(event?.event_id, `${feedback.feedback_id}.feedback.submitted`)
    assert.equal(event?.trace_id, feedback.trace_id)
    assert.deepEqual(
      [event?.data.rating, event?.data.intent, event?.data.engine],
      [2, answer.intent, answer.engine],
    )
    const spans = await eventually('the trace is complete', () => {
      const found = receiver.trace(feedback.trace_id)
      const isThere = (name: string) => found.some((span) => span.name === name)
      const ends = ['api_gateway.submit_feedback', 'INSERT event_history', 'INSERT event_aggregates']
      return ends.every(isThere) && haveAllParents(found) && found
    })
    assert.equal(rootsOf(spans).length, 1)
    const above = ancestorsOf(spanNamed('INSERT event_history', spans), spans).map(({ name }) => name)
    for (const name of [
      'storage_service.record_event',
      'send events',
      'queue_service.publish_events',
      'storage_service.publish_outbox',
      'storage_service.store_feedback',
      'api_gateway.submit_feedback',
    ]) {
      assert.ok(above.includes(name), `${name} is not among ${above.join(', ')}`)
    }
  })

  test('the good events of a batch are taken, the others named by index and pointer', async () => {
    const { status, body } = await publish(mesh, {
      events: [
        anEvent('batch-0'),
        anEvent('batch-1', { event_type: 'Nonsense' }),
        anEvent('batch-2', { event_type: 'feedback.submitted', data: { rating: 9 } }),
        'hello',
        anEvent('batch-4'),
      ],
    })

    assert.equal(status, 207)
    assert.deepEqual([body.taken, body.rejected], [2, 3])
    assert.deepEqual(
      body.events.map((event) => [
        event.index,
        event.event_id,
        event.status,
        event.error?.errors[0]?.pointer,
      ]),
      [
        [0, 'batch-0', 'accepted', undefined],
        [1, 'batch-1', 'rejected', '/events/1/event_type'],
        [2, 'batch-2', 'rejected', '/events/2/data/feedback_id'],
        [3, null, 'rejected', '/events/3'],
        [4, 'batch-4', 'accepted', undefined],
      ],
    )
    await eventually('the good ones are recorded', async () => {
      const { events } = await readEvents(mesh, 'type=app.deploy.finished')
      return events.filter(({ event_id }) => event_id.startsWith('batch-')).length === 2
    })
  })

  test('a batch that is sent again is taken and changes nothing', async () => {
    const batch = {
      events: Array.from({ length: 200 }, (_, index) =>
        anEvent(`again-${index}`, { event_type: 'app.again' }),
      ),
    }
    const statusesOf = ({ events }: EventsPublished) => [...new Set(events.map(({ status }) => status))]

    const first = await publish(mesh, batch)
    await eventually('all are counted', () => countsOf(mesh, 'app.again').aggregates === 200)
    const second = await publish(mesh, batch)

    assert.deepEqual([first.status, statusesOf(first.body)], [202, ['accepted']])
    assert.deepEqual([second.status, statusesOf(second.body)], [202, ['duplicate']])
    await eventually('all are recorded', () => countsOf(mesh, 'app.again').history === 200)
    assert.deepEqual(countsOf(mesh, 'app.again'), { history: 200, aggregates: 200 })
  })

  test('an id that is used for another event is a 409', async () => {
    await publish(mesh, anEvent('used'))

    const { status, body } = await publish<Problem>(mesh, anEvent('used', { data: { version: 'other' } }))

    assert.deepEqual([status, body.code], [409, 'request-conflict'])
  })

  test('a batch of a thousand is one call', async () => {
    const events = Array.from({ length: 1_000 }, (_, index) =>
      anEvent(`bulk-${index}`, { event_type: 'app.bulk' }),
    )

    const { status, body } = await publish(mesh, { events })

    assert.deepEqual([status, body.taken], [202, 1_000])
    await eventually('all are recorded', () => countsOf(mesh, 'app.bulk').history === 1_000, 60_000)
    await eventually('all are counted', () => countsOf(mesh, 'app.bulk').aggregates === 1_000, 60_000)
  })

  test('a queue of its own gets what it is bound to, beside the others', async () => {
    await publish(mesh, {
      events: [
        anEvent('alert-1', { event_type: 'errors.storage' }),
        anEvent('alert-2', { event_type: 'errors.generation.timeout' }),
        anEvent('no-alert', { event_type: 'app.errors.storage' }),
      ],
    })

    assert.equal((await readQueue(mesh, 'alerts')).ready, 2)
    await eventually('both are recorded', () => countsOf(mesh, 'errors.storage').history === 1)
  })

  test('the history is read page by page, by any filter', async () => {
    const all = (await readEvents(mesh, 'type=app.again&limit=200')).events.map(({ event_id }) => event_id)
    const paged: string[] = []
    let page = await readEvents(mesh, 'type=app.again&limit=70')
    for (;;) {
      paged.push(...page.events.map(({ event_id }) => event_id))
      if (page.next_before === null) break
      page = await readEvents(mesh, `type=app.again&limit=70&before=${encodeURIComponent(page.next_before)}`)
    }

    assert.equal(all.length, 200)
    assert.deepEqual(paged, all)
  })

  for (const [query, pointer] of [
    ['type=Nonsense', '/type'],
    ['before=yesterday', '/before'],
    ['limit=0', '/limit'],
    ['request_id=a%20b', '/request_id'],
  ] as const) {
    test(`a history of ${query} is a 400 with a pointer`, async () => {
      const { status, body } = await getJson<Problem>(`${mesh.urlOf('storage')}/events?${query}`)

      assert.deepEqual([status, body.errors.map((error) => error.pointer)], [400, [pointer]])
    })
  }

  test('analytics tell of each type by service, intent, engine and time', async () => {
    const { body } = await getJson<{
      events: Record<string, Record<string, never>>
    }>(`${mesh.urlOf('storage')}/analytics?bucket=hour`)
    const { events, duration_ms, by_service, by_intent, by_engine, by_time } =
      body.events['query.generated'] ?? {}

    assert.ok(Number(events) >= 2)
    assert.ok(Number((duration_ms as unknown as { mean: number }).mean) > 0)
    assert.deepEqual(Object.keys(by_service ?? {}), ['api_gateway'])
    assert.deepEqual(Object.keys(by_intent ?? {}), ['error_analysis'])
    assert.deepEqual(Object.keys(by_engine ?? {}), ['embedded'])
    assert.match(
      String((by_time as unknown as { start: string }[])[0]?.start),
      /^\d{4}-\d\d-\d\dT\d\d:00:00.000Z$/,
    )
  })

  for (const query of ['bucket=week', 'from=yesterday']) {
    test(`analytics of ${query} are a 400`, async () => {
      const { status } = await getJson(`${mesh.urlOf('storage')}/analytics?${query}`)

      assert.equal(status, 400)
    })
  }
})

describe('domain events when services die', () => {
  const EVENTS = 600
  const BATCH = 50
  let mesh: Mesh

  before(async () => {
    mesh = await startMesh({ env: { RETRY_DELAYS_MS: '200,500,1000,2000', QUEUE_LEASE_MS: '3000' } })
  })

  after(async () => {
    await mesh?.stop()
  })

  /** In order, again and again under the same ids until it is taken, as a producer does that must not lose any. */
  async function publishAll(eventType: string, from: number, to: number): Promise<void> {
    for (let first = from; first < to; first += BATCH) {
      const events = Array.from({ length: BATCH }, (_, index) =>
        anEvent(`${eventType}-${first + index}`, { event_type: eventType }),
      )
      await eventually(
        `batch ${first} is taken`,
        async () => (await publish(mesh, { events })).body.rejected === 0,
        30_000,
      )
    }
  }

  async function assertAllOnce(eventType: string): Promise<void> {
    const isDone = () => {
      const { history, aggregates } = countsOf(mesh, eventType)
      return history >= EVENTS && aggregates >= EVENTS
    }
    await eventually(`all of ${eventType} are written`, isDone, 60_000)
    await eventually(
      'nothing is left in the queues',
      async () => {
        const queues = [await readQueue(mesh, 'events.storage'), await readQueue(mesh, 'events.analytics')]
        return queues.every(({ ready, delayed, in_flight }) => ready + delayed + in_flight === 0)
      },
      60_000,
    )
    assert.deepEqual(countsOf(mesh, eventType), { history: EVENTS, aggregates: EVENTS })
    assert.equal((await readQueue(mesh, 'events.storage')).dead_letters, 0)
    assert.equal((await readQueue(mesh, 'events.analytics')).dead_letters, 0)
  }

  test('storage killed with events in its hands: each is recorded and counted once', async (t) => {
    await publishAll('app.storage-killed', 0, EVENTS / 3)
    const pid = mesh.pidOf('storage')
    process.kill(pid, 'SIGSTOP')
    await publishAll('app.storage-killed', EVENTS / 3, (2 * EVENTS) / 3)
    const held = await readQueue(mesh, 'events.storage')
    await mesh.kill('storage', 'SIGKILL')
    await publishAll('app.storage-killed', (2 * EVENTS) / 3, EVENTS)
    await mesh.start('storage')

    t.diagnostic(
      `${EVENTS} accepted, ${held.ready} waiting and ${held.in_flight} held when storage was killed`,
    )
    assert.ok(held.ready + held.in_flight > 0, 'nothing was left to do when storage was killed')
    await assertAllOnce('app.storage-killed')
  })

  test('the queue service killed while events are published: each is recorded and counted once', async () => {
    const publishing = publishAll('app.queue-killed', 0, EVENTS)
    await eventually('some are written', () => countsOf(mesh, 'app.queue-killed').history > 0)
    await mesh.kill('queue', 'SIGKILL')
    await mesh.start('queue')
    await publishing

    await assertAllOnce('app.queue-killed')
  })

  test('feedback given while the queue service is away is told when it is back, once', async () => {
    await mesh.kill('queue', 'SIGKILL')
    const { status, body } = await postJson<{ feedback_id: string }>(`${mesh.url}/api/feedback`, {
      user_input: 'errors',
      generated_query: 'source logs',
      rating: 5,
    })
    assert.equal(status, 201)
    await mesh.kill('storage', 'SIGKILL')
    await mesh.start('storage')
    await mesh.start('queue')

    const { events } = await eventually('the event is recorded', async () => {
      const page = await readEvents(mesh, 'type=feedback.submitted')
      return page.events.length > 0 && page
    })
    assert.deepEqual(
      events.map(({ event_id }) => event_id),
      [`${body.feedback_id}.feedback.submitted`],
    )
    await eventually('it is counted', () => countsOf(mesh, 'feedback.submitted').aggregates === 1)
  })
})

describe('a queue of events that nobody reads', () => {
  let mesh: Mesh

  before(async () => {
    mesh = await startMesh({
      env: {
        EVENT_BINDINGS: 'events.storage=#,events.analytics=#,unread=query.#',
        QUEUE_LENGTH_MAX: '4',
      },
    })
  })

  after(async () => {
    await mesh?.stop()
  })

  test('costs no job, and each is told once there is room', async () => {
    const { body: first } = await ask(mesh.url)
    await processed(mesh.url, first.request_id)
    await eventually('three events wait', async () => (await readQueue(mesh, 'unread')).ready === 3)
    // Else the limit could hold for the queues that are read, too.
    for (const queue of ['events.storage', 'events.analytics'])
      await eventually(`${queue} is read`, async () => (await readQueue(mesh, queue)).ready === 0)

    const { body: second } = await ask(mesh.url)

    assert.notEqual(second.message_id, null)
    assert.deepEqual(
      second.warnings.map((warning) =>
        /the event \S+\.(query\.\w+) was not published: (.*)/.exec(warning)?.slice(1),
      ),
      [['query.validated', 'unread holds 4 messages, its limit']],
    )
    await processed(mesh.url, second.request_id)
    await eventually('its job waits to tell of it', async () => {
      const { body } = await getJson<{ checks: Record<string, { detail: string }> }>(
        `${mesh.urlOf('queue')}/health`,
      )
      return /processing\.jobs is paused.*unread holds 4 messages, its limit/.test(
        body.checks.queues?.detail ?? '',
      )
    })
    await postJson(`${mesh.urlOf('queue')}/queues/unread/purge`, {})

    await eventually('the event is told', async () => {
      const { events } = await readEvents(mesh, `request_id=${second.request_id}`)
      return events.some(({ event_type }) => event_type === 'query.processed')
    })
    const rows = storedRows(
      mesh,
      'storage.db',
      'SELECT event_id FROM event_history WHERE request_id = ? ORDER BY event_id',
      second.request_id,
    )
    assert.deepEqual(
      rows,
      ['generated', 'processed'].map((what) => ({ event_id: `${second.request_id}.query.${what}` })),
    )
  })
})

describe('a mesh without events', () => {
  const QUESTIONS = [
    'Show me errors from the last hour grouped by service',
    'p95 latency of the checkout service by endpoint',
    'tell me a joke',
    'count logs by severity',
  ]
  let withEvents: Mesh
  let without: Mesh

  before(async () => {
    withEvents = await startMesh()
    without = await startMesh({ env: { EVENTS: 'off' } })
  })

  after(async () => {
    await withEvents?.stop()
    await without?.stop()
  })

  test('has the same tables after the same questions and ratings', async () => {
    for (const mesh of [withEvents, without]) await useIt(mesh)

    const expected = { history: historyOf(withEvents), aggregates: aggregatesOf(withEvents) }
    assert.ok(expected.history.length >= 3 * QUESTIONS.length, `${expected.history.length} events`)
    assert.deepEqual({ history: historyOf(without), aggregates: aggregatesOf(without) }, expected)
    const { body } = await getJson<{ queues: { name: string; ready: number }[] }>(
      `${without.urlOf('queue')}/queues`,
    )
    assert.ok(body.queues.every(({ ready }) => ready === 0))
  })

  test('says of an event that it goes nowhere', async () => {
    const { status, body } = await publish(without, anEvent('nowhere'))

    assert.equal(status, 202)
    assert.deepEqual(body.events, [{ index: 0, event_id: 'nowhere', status: 'filtered' }])
  })

  async function useIt(mesh: Mesh): Promise<void> {
    let events = 0
    for (const question of QUESTIONS) {
      const { body } = await ask(mesh.url, question)
      await processed(mesh.url, body.request_id)
      const { status } = await postJson(`${mesh.url}/api/feedback`, {
        user_input: question,
        generated_query: body.query ?? 'none',
        feedback_type: body.success ? 'thumbs_up' : 'thumbs_down',
        request_id: body.request_id,
      })
      assert.equal(status, 201)
      events += body.query === null ? 3 : 4
    }
    await eventually(
      `${events} events are recorded and counted`,
      () =>
        historyOf(mesh).length === events &&
        aggregatesOf(mesh).reduce((sum, row) => sum + row.events, 0) === events,
    )
  }

  /** What is the same whenever the questions are asked, and under whichever ids. */
  function historyOf(mesh: Mesh): Record<string, unknown>[] {
    const rows = storedRows<{
      event_type: string
      service: string
      trace_id: string
      request_id: string
      data: string
    }>(
      mesh,
      'storage.db',
      `SELECT history.event_type, history.service, history.trace_id, history.request_id, history.data
        FROM event_history AS history JOIN processed_requests AS request USING (request_id)
        ORDER BY request.created_at, history.event_type`,
    )
    return rows.map(({ trace_id, request_id, data, ...row }) => {
      const { duration_ms, feedback_id, ...rest } = JSON.parse(data) as Record<string, unknown>
      return {
        ...row,
        hasTrace: trace_id !== null,
        hasRequest: request_id !== null,
        hasDuration: duration_ms !== undefined,
        hasFeedback: feedback_id !== undefined,
        ...rest,
      }
    })
  }
})
