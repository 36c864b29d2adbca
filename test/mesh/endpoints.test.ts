import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { packageVersion, SERVICE_KEYS, SERVICES } from '#shared/config'
import type { Answer, QueueReport, StoredRequest, Validation } from '#shared/contracts'
import { ask, getJson, postJson, processed, QUESTION } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'

const QUERY = 'source logs last 1h | filter $m.severity == ERROR'
const BEHIND_GATEWAY = SERVICE_KEYS.filter((key) => key !== 'gateway')

interface Latency {
  readonly count: number
  readonly p50_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
}

interface Stats {
  readonly counters: Record<string, number>
  readonly latency: Record<string, Latency>
}

interface Health {
  readonly status: string
  readonly service: string
  readonly version: string
  readonly uptime_s: number
  readonly checks: Record<string, { status: string }>
  readonly stats: Stats
  readonly timestamp: string
}

interface Problem {
  readonly status: number
  readonly code: string
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
}

describe('the endpoints of a running mesh', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({ otlpUrl: receiver.url })
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  function traceWith(traceId: string, ...names: string[]): Promise<ReceivedSpan[]> {
    return eventually(`${names.join(', ')} in ${traceId}`, () => {
      const spans = receiver.trace(traceId)
      return names.every((name) => spans.some((span) => span.name === name)) && spans
    })
  }

  async function askAndWait(body: Record<string, unknown>): Promise<Answer> {
    const answer = await postJson<Answer>(`${mesh.url}/api/generate-query`, body)
    assert.equal(answer.status, 200)
    await processed(mesh.url, answer.body.request_id)
    return answer.body
  }

  describe('POST /api/feedback', () => {
    interface FeedbackAnswer {
      readonly success: boolean
      readonly feedback_id: string
      readonly rating: number
      readonly trace_id: string
    }
    type FeedbackRow = Record<string, unknown>

    const giveFeedback = (opinion: Record<string, unknown>) =>
      postJson<FeedbackAnswer>(`${mesh.url}/api/feedback`, {
        user_input: QUESTION,
        generated_query: QUERY,
        ...opinion,
      })

    for (const [opinion, rating] of [
      [{ feedback_type: 'thumbs_up' }, 5],
      [{ feedback_type: 'thumbs_down' }, 1],
      [{ rating: 3 }, 3],
    ] as const) {
      test(`stores ${JSON.stringify(opinion)} as a rating of ${rating}, with the trace it came in`, async () => {
        const { status, headers, body } = await giveFeedback(opinion)

        assert.equal(status, 201)
        assert.deepEqual(Object.keys(body).sort(), ['feedback_id', 'rating', 'success', 'trace_id'])
        assert.equal(body.success, true)
        assert.equal(body.rating, rating)
        assert.equal(body.trace_id, headers.get('x-trace-id'))
        const rows = storedRows<FeedbackRow>(
          mesh,
          'storage.db',
          'SELECT trace_id, rating, user_input, generated_query FROM feedback WHERE feedback_id = ?',
          body.feedback_id,
        )
        assert.deepEqual(rows, [
          { trace_id: body.trace_id, rating, user_input: QUESTION, generated_query: QUERY },
        ])
      })
    }

    test('keeps everything else that was said', async () => {
      const { body } = await giveFeedback({
        rating: 2,
        comment: 'wrong field',
        corrected_query: 'source spans',
        category: 'fields',
        request_id: 'request-1',
        metadata: { page: 7 },
      })

      const rows = storedRows<FeedbackRow>(
        mesh,
        'storage.db',
        'SELECT comment, corrected_query, category, request_id, metadata FROM feedback WHERE feedback_id = ?',
        body.feedback_id,
      )
      assert.deepEqual(rows, [
        {
          comment: 'wrong field',
          corrected_query: 'source spans',
          category: 'fields',
          request_id: 'request-1',
          metadata: '{"page":7}',
        },
      ])
    })

    test('is one trace from its own root down to the INSERT', async () => {
      const { body } = await giveFeedback({ rating: 4 })

      const spans = await traceWith(
        body.trace_id,
        'api_gateway.submit_feedback',
        'api_gateway.store_feedback',
        'storage_service.store_feedback',
        'INSERT feedback',
      )
      assert.deepEqual(
        rootsOf(spans).map((span) => [span.name, span.kind]),
        [['api_gateway.submit_feedback', KIND.SERVER]],
      )
      const insert = spanNamed('INSERT feedback', spans)
      assert.equal(insert.service, 'storage_service')
      assert.equal(insert.kind, KIND.CLIENT)
      const above = await eventually('the INSERT hangs below the root', () => {
        const names = ancestorsOf(insert, receiver.trace(body.trace_id)).map((span) => span.name)
        return names.at(-1) === 'api_gateway.submit_feedback' && names
      })
      const named = above.filter((name) => name.includes('feedback') && !name.startsWith('POST'))
      assert.deepEqual(named, [
        'storage_service.store_feedback',
        'api_gateway.store_feedback',
        'api_gateway.submit_feedback',
      ])
    })
  })

  describe('GET /api/stats', () => {
    type MeshStats = Stats & { readonly services: Record<string, Stats> }
    const readStats = () => getJson<MeshStats>(`${mesh.url}/api/stats`)
    const grew = (from: Stats | undefined, to: Stats | undefined, counter: string) =>
      (to?.counters[counter] ?? 0) - (from?.counters[counter] ?? 0)

    test('has the stats of all five services behind the gateway, with counters that count', async () => {
      const before = (await readStats()).body
      await askAndWait({ user_input: QUESTION })
      const countedIn = (from: MeshStats, to: MeshStats, name: string, counter: string) =>
        grew(from.services[name], to.services[name], counter)
      // The row can be read before the services that wrote it have answered, and a request counts with its answer.
      const { status, body: after } = await eventually('every service counted a request', async () => {
        const stats = await readStats()
        const names = Object.keys(stats.body.services)
        return names.every((name) => countedIn(before, stats.body, name, 'requests') >= 1) && stats
      })

      assert.equal(status, 200)
      assert.deepEqual(
        Object.keys(after.services).sort(),
        BEHIND_GATEWAY.map((key) => SERVICES[key].serviceName).sort(),
      )
      assert.equal(grew(before, after, 'questions'), 1)
      assert.equal(grew(before, after, 'questions_query'), 1)
      assert.equal(countedIn(before, after, 'validation_service', 'queries_valid'), 1)
      assert.equal(countedIn(before, after, 'storage_service', 'rows_stored'), 1)
    })

    test('has the percentiles of every route that was called', async () => {
      await askAndWait({ user_input: QUESTION })

      const { latency, services } = (await readStats()).body

      for (const [where, found] of [
        ['gateway', latency['POST /api/generate-query']],
        ['query_service', services.query_service?.latency['POST /generate']],
        ['storage_service', services.storage_service?.latency['POST /processing-data']],
      ] as const) {
        assert.ok(found !== undefined, `${where} has no latency`)
        assert.ok(found.count >= 1)
        assert.ok(found.p50_ms > 0 && found.p50_ms <= found.p95_ms && found.p95_ms <= found.p99_ms, where)
      }
    })

    test('says of a service that is down that it is, and answers all the same', async () => {
      const partial = await startMesh({ services: ['gateway', 'query'] })
      try {
        const { status, body } = await getJson<MeshStats>(`${partial.url}/api/stats`)

        assert.equal(status, 200)
        assert.ok(body.services.query_service?.counters !== undefined)
        assert.match(JSON.stringify(body.services.storage_service), /storage_service cannot be reached/)
      } finally {
        await partial.stop()
      }
    })

    test('has its own root span', async () => {
      const { headers } = await readStats()

      const traceId = headers.get('x-trace-id') as string
      const spans = await traceWith(traceId, 'api_gateway.get_stats', 'api_gateway.collect_stats')
      assert.deepEqual(
        rootsOf(spans).map((span) => span.name),
        ['api_gateway.get_stats'],
      )
    })
  })

  function assertHealth(health: Health, service: string): void {
    assert.equal(health.status, 'healthy')
    assert.equal(health.service, service)
    assert.equal(health.version, packageVersion())
    assert.ok(health.uptime_s > 0)
    assert.ok(Object.keys(health.checks).length > 0, 'there are no checks')
    for (const [name, check] of Object.entries(health.checks)) assert.equal(check.status, 'healthy', name)
    assert.equal(typeof health.stats.counters, 'object')
    assert.equal(typeof health.stats.latency, 'object')
    assert.ok(Math.abs(Date.parse(health.timestamp) - Date.now()) < 60_000)
  }

  for (const key of SERVICE_KEYS) {
    const { serviceName } = SERVICES[key]

    test(`${serviceName} tells its health, that it lives and that it is ready`, async () => {
      const health = await getJson<Health>(`${mesh.urlOf(key)}/health`)
      assert.equal(health.status, 200)
      assertHealth(health.body, serviceName)

      for (const endpoint of ['/health/live', '/health/ready']) {
        const { status, body } = await getJson(mesh.urlOf(key) + endpoint)
        assert.equal(status, 200)
        assert.deepEqual(body, { status: 'healthy', service: serviceName })
      }
    })

    test(`${serviceName} measures its HTTP requests for Prometheus`, async () => {
      await askAndWait({ user_input: QUESTION })

      const response = await fetch(`${mesh.urlOf(key)}/metrics`)
      const metrics = await response.text()

      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
      assert.match(metrics, /^http_server_request_duration(?:_seconds)?_count\{[^\n]*\} [1-9]/m)
    })
  }

  test('GET /api/health tells of the gateway and of all five services behind it', async () => {
    const { status, body } = await getJson<
      Health & { downstream_services: Record<string, { status: string; latency_ms: number }> }
    >(`${mesh.url}/api/health`)

    assert.equal(status, 200)
    assertHealth(body, 'api_gateway')
    assert.deepEqual(
      Object.keys(body.downstream_services).sort(),
      BEHIND_GATEWAY.map((key) => SERVICES[key].serviceName).sort(),
    )
    for (const [name, downstream] of Object.entries(body.downstream_services)) {
      assert.equal(downstream.status, 'healthy', name)
      assert.ok(downstream.latency_ms > 0, name)
    }
  })

  describe('POST /format', () => {
    const format = (query: string) =>
      postJson<{ formatted: string; changed: boolean }>(`${mesh.urlOf('validation')}/format`, { query })

    test('puts one stage on a line, and leaves what is in that form as it is', async () => {
      const { status, body } = await format('source logs|filter $m.severity==ERROR|limit 5')

      assert.equal(status, 200)
      assert.equal(body.changed, true)
      assert.equal(body.formatted.split('\n').length, 3)
      assert.deepEqual((await format(body.formatted)).body, { formatted: body.formatted, changed: false })
    })

    test('keeps comments', async () => {
      const { body } = await format('// few\nsource logs | // everything\nlimit 5')

      assert.equal(body.formatted, '// few\nsource logs // everything\n| limit 5')
    })

    test('of text that does not parse is a 422 that says where', async () => {
      const { status, headers, body } = await format('source logs | filtr a == 1')
      const problem = body as unknown as Problem

      assert.equal(status, 422)
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(problem.code, 'query-invalid')
      assert.equal(problem.errors?.[0]?.pointer, '/query')
      assert.match(problem.errors?.[0]?.message ?? '', /\b1:15\b.*filtr/)
    })
  })

  describe('POST /validate', () => {
    const validate = (query: string) =>
      postJson<Validation>(`${mesh.urlOf('validation')}/validate`, { query })

    test('of an invalid query says what is wrong and where', async () => {
      const query = 'source logs\n| filtr a == 1'

      const { status, body } = await validate(query)

      assert.equal(status, 200)
      assert.equal(body.is_valid, false)
      assert.equal(body.formatted, null)
      assert.ok(body.syntax_score < 1)
      const [diagnostic] = body.diagnostics
      assert.ok(diagnostic !== undefined)
      assert.match(diagnostic.code, /^DP\d{4}$/)
      assert.equal(diagnostic.severity, 'error')
      assert.equal(query.slice(diagnostic.range.start, diagnostic.range.end), 'filtr')
      assert.deepEqual([diagnostic.line, diagnostic.column], [2, 3])
      assert.match(body.errors[0] ?? '', /\b2:3\b.*filtr/)
      assert.ok(body.errors[0]?.includes(diagnostic.code))
    })

    test('of a valid query has nothing to complain about', async () => {
      const { body } = await validate(QUERY)

      assert.equal(body.is_valid, true)
      assert.deepEqual(body.errors, [])
      assert.deepEqual(
        body.diagnostics.filter(({ severity }) => severity === 'error'),
        [],
      )
      assert.equal(body.formatted, QUERY.replace(' | ', '\n| '))
    })
  })

  test('GET /queues and GET /queues/:name tell how much waits', async () => {
    await askAndWait({ user_input: QUESTION })

    // A message is stored a moment before it is acknowledged.
    const listed = await eventually('the queue is empty', async () => {
      const { status, body } = await getJson<{ queues: QueueReport[] }>(`${mesh.urlOf('queue')}/queues`)
      assert.equal(status, 200)
      const jobs = body.queues.find(({ name }) => name === 'processing.jobs')
      assert.ok(jobs !== undefined)
      return jobs.ready === 0 && jobs.in_flight === 0 && jobs
    })
    const one = await getJson<QueueReport>(`${mesh.urlOf('queue')}/queues/processing.jobs`)

    assert.equal(one.status, 200)
    const { rates, ...report } = one.body
    assert.deepEqual(report, {
      name: 'processing.jobs',
      ready: 0,
      delayed: 0,
      in_flight: 0,
      consumers: 1,
      paused_consumers: [],
      oldest_age_ms: null,
      dead_letters: 0,
      dead_letter_queue: 'processing.jobs.dlq',
      limits: { length_max: 100_000, ttl_ms: null, priorities: false },
    })
    assert.ok(rates.published.total > 0)
    assert.equal(rates.acked?.total, rates.published.total)
    assert.deepEqual(listed.limits, report.limits)
  })

  describe('what storage keeps', () => {
    const read = <Body>(endpoint: string) => getJson<Body>(mesh.urlOf('storage') + endpoint)

    test('is listed newest first, page by page', async () => {
      const older = await askAndWait({ user_input: 'errors of the last 2 hours' })
      const newer = await askAndWait({ user_input: 'errors of the last 3 hours' })
      interface Page {
        readonly requests: readonly StoredRequest[]
        readonly next_before: string | null
      }

      const { status, body: first } = await read<Page>('/history?limit=1')
      assert.equal(status, 200)
      assert.deepEqual(
        first.requests.map(({ request_id }) => request_id),
        [newer.request_id],
      )
      assert.equal(first.requests[0]?.trace_id, newer.trace_id)
      assert.equal(first.requests[0]?.query, newer.query)
      const next = await read<Page>(
        `/history?limit=1&before=${encodeURIComponent(first.next_before as string)}`,
      )
      assert.deepEqual(
        next.body.requests.map(({ request_id }) => request_id),
        [older.request_id],
      )
    })

    test('is listed by conversation, oldest first', async () => {
      const conversation_id = 'conversation-7'
      const first = await askAndWait({ user_input: 'errors of the last hour', conversation_id })
      const second = await askAndWait({
        user_input: 'only the top 3',
        conversation_id,
        previous_query: first.query,
      })

      const { status, body } = await read<{ conversation_id: string; turns: StoredRequest[] }>(
        `/conversations/${conversation_id}`,
      )

      assert.equal(status, 200)
      assert.equal(body.conversation_id, conversation_id)
      assert.deepEqual(
        body.turns.map(({ request_id, user_input }) => [request_id, user_input]),
        [
          [first.request_id, 'errors of the last hour'],
          [second.request_id, 'only the top 3'],
        ],
      )
    })

    test('is counted by intent, outcome, engine and complexity', async () => {
      type Counts = Record<string, number>
      interface Analytics {
        readonly requests: number
        readonly by_intent: Counts
        readonly by_outcome: Counts
        readonly by_engine: Counts
        readonly by_complexity: Counts
      }
      const before = (await read<Analytics>('/analytics')).body
      const answer = await askAndWait({ user_input: QUESTION })

      const { status, body: after } = await read<Analytics>('/analytics')

      assert.equal(status, 200)
      assert.equal(after.requests, before.requests + 1)
      const grew = (counts: Counts, earlier: Counts, key: string) => (counts[key] ?? 0) - (earlier[key] ?? 0)
      assert.equal(grew(after.by_intent, before.by_intent, answer.intent), 1)
      assert.equal(grew(after.by_outcome, before.by_outcome, 'query'), 1)
      assert.equal(grew(after.by_engine, before.by_engine, 'embedded'), 1)
      const levels = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)
      assert.equal(levels(after.by_complexity), levels(before.by_complexity) + 1)
    })
  })

  test('a question that is none is refused with a 200, and stored like any other', async () => {
    const answer = await askAndWait({ user_input: 'bake me a chocolate cake' })

    assert.equal(answer.success, false)
    assert.equal(answer.outcome, 'refused')
    assert.equal(answer.query, null)
    assert.equal(answer.validation, null)
    assert.ok(answer.explanation.length > 0)
    const rows = storedRows(
      mesh,
      'storage.db',
      'SELECT outcome, query, trace_id FROM processed_requests WHERE request_id = ?',
      answer.request_id,
    )
    assert.deepEqual(rows, [{ outcome: 'refused', query: null, trace_id: answer.trace_id }])
  })

  test('a follow-up changes the query before it', async () => {
    const first = (await ask(mesh.url)).body
    assert.ok(first.query !== null)

    const second = await askAndWait({ user_input: 'only for spans', previous_query: first.query })

    assert.equal(second.success, true)
    assert.notEqual(second.query, first.query)
    assert.match(second.query ?? '', /^source spans\b/)
  })

  describe('GET /openapi.json', () => {
    type Operation = { responses: Record<string, unknown>; requestBody?: unknown }
    interface Document {
      readonly openapi: string
      readonly info: { version: string }
      readonly paths: Record<string, Record<string, Operation>>
    }
    const readDocument = async () => (await getJson<Document>(`${mesh.url}/openapi.json`)).body

    /** A request that the operation takes: its body, and a real id in the path. */
    async function call(path: string, method: string): Promise<Response> {
      const id = (await askAndWait({ user_input: QUESTION })).request_id
      const bodies: Record<string, unknown> = {
        '/api/generate-query': { user_input: QUESTION },
        '/api/chat': { user_input: QUESTION },
        '/api/feedback': { user_input: QUESTION, generated_query: QUERY, rating: 5 },
      }
      return fetch(mesh.url + path.replace('{request_id}', id).replace('{conversation_id}', 'c-1'), {
        method: method.toUpperCase(),
        ...(path in bodies && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(bodies[path]),
        }),
      })
    }

    test('names the gateway’s endpoints and its version', async () => {
      const document = await readDocument()

      assert.match(document.openapi, /^3\.1\./)
      assert.equal(document.info.version, packageVersion())
      for (const path of [
        '/api/generate-query',
        '/api/chat',
        '/api/chat/poll/{request_id}',
        '/api/requests/{request_id}',
        '/api/requests/{request_id}/events',
        '/api/conversations/{conversation_id}',
        '/api/feedback',
        '/api/stats',
        '/api/health',
      ]) {
        assert.ok(path in document.paths, `${path} is not documented`)
      }
    })

    test('documents nothing that is not there, and every answer with its status', async () => {
      const operations = Object.entries((await readDocument()).paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
      )
      assert.ok(operations.length >= 9)

      for (const { path, method, operation } of operations) {
        const response = await call(path, method)
        await response.arrayBuffer()

        const what = `${method} ${path} answered ${response.status}`
        assert.ok(response.ok, what)
        assert.ok(String(response.status) in operation.responses, `${what}, which is not documented`)
      }
    })

    test('documents the problems that bad bodies and unknown ids bring', async () => {
      const { paths } = await readDocument()
      const statusesOf = (path: string, method: string) => Object.keys(paths[path]?.[method]?.responses ?? {})
      const bad = (path: string, body: string, type = 'application/json') =>
        fetch(mesh.url + path, { method: 'POST', headers: { 'content-type': type }, body })

      for (const path of Object.keys(paths).filter((one) => paths[one]?.post?.requestBody !== undefined)) {
        for (const [response, status] of [
          [await bad(path, '{'), 400],
          [await bad(path, JSON.stringify({ user_input: 'x'.repeat(2_000_000) })), 413],
          [await bad(path, 'errors', 'text/plain'), 415],
        ] as const) {
          await response.arrayBuffer()
          assert.equal(response.status, status, path)
          assert.ok(statusesOf(path, 'post').includes(String(status)), `${path} does not document ${status}`)
        }
      }
      const unknown = await fetch(`${mesh.url}/api/requests/nothing`)
      await unknown.arrayBuffer()
      assert.equal(unknown.status, 404)
      assert.ok(statusesOf('/api/requests/{request_id}', 'get').includes('404'))
    })
  })

  test('GET /docs is a page that loads nothing from elsewhere, and everything it loads is there', async () => {
    const page = await fetch(`${mesh.url}/docs`)
    const html = await page.text()

    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string)
    assert.ok(loaded.length >= 3)
    for (const path of loaded) {
      assert.match(path, /^\/docs\//)
      const response = await fetch(mesh.url + path)
      assert.equal(response.status, 200, path)
      assert.ok((await response.text()).length > 0)
    }
  })
})
