import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, beforeEach, describe, test } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { loadConfig } from '#shared/config'
import { inspectorConfigSchema } from './config'
import { type RunningInspector, startInspector } from './server'
import { aSpan, meshTrace, SAMPLE_TRACE_ID } from './testing/trace-sample'
import { toWireRequest, toWireSpan } from './testing/wire-request'

const BODY_SIZE_MAX_BYTES = 200_000
const UNKNOWN_ID = 'f'.repeat(32)

let inspector: RunningInspector

before(async () => {
  inspector = await startInspector({
    config: loadConfig(inspectorConfigSchema, {
      INSPECTOR_PORT: '0',
      INSPECTOR_BODY_SIZE_MAX_BYTES: `${BODY_SIZE_MAX_BYTES}`,
      INSPECTOR_SPANS_PER_TRACE_MAX: '40',
    }),
  })
})

after(() => inspector.close())

beforeEach(() => {
  inspector.store.clear()
})

function send(
  body: string | Buffer,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<Response> {
  return fetch(`${inspector.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
}

async function sendSpans(...spans: Parameters<typeof toWireRequest>[0]): Promise<void> {
  const response = await send(JSON.stringify(toWireRequest(spans)))
  assert.equal(await response.text(), '{}')
}

/** The answers below are checked field by field, so that their shape is only sketched. */
interface Answer {
  readonly partialSuccess: { readonly rejectedSpans: string; readonly errorMessage: string }
  readonly code: number | string
  readonly message: string
  readonly detail: string
  readonly status: string
  readonly service: string
  readonly stats: Readonly<Record<string, number>>
  readonly trace_count: number
  readonly traces: readonly {
    readonly trace_id: string
    readonly root_name: string
    readonly complete: boolean
  }[]
  readonly span_count: number
  readonly complete: boolean
  readonly spans: readonly { readonly kind: string }[]
}

function jsonOf(response: Response): Promise<Answer> {
  return response.json() as Promise<Answer>
}

function get(path: string): Promise<Response> {
  return fetch(`${inspector.url}${path}`)
}

async function getJson(path: string) {
  const response = await get(path)
  return { status: response.status, body: await jsonOf(response) }
}

/** fetch does not let a caller set the Host header. */
function statusForHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(`${inspector.url}/api/traces`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('receiving traces', () => {
  const body = JSON.stringify(toWireRequest(meshTrace()))

  for (const [encoding, encode] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const) {
    test(`a ${encoding} body is kept and answered with an empty object`, async () => {
      const response = await send(encode(body), { 'content-encoding': encoding })

      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'application/json')
      assert.equal(await response.text(), '{}')
      assert.equal(inspector.store.stats().spans, 30)
    })
  }

  test('a plain body is kept, whatever the charset says', async () => {
    const response = await send(body, { 'content-type': 'application/json; charset=utf-8' })

    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(inspector.store.stats().spans, 30)
  })

  test('malformed spans are rejected alone, with count and reasons', async () => {
    const good = toWireSpan(aSpan({ id: 'a', from: 1, to: 2 }))
    const spans = [
      good,
      { ...good, spanId: 'x' },
      { ...good, spanId: '00000000000000ff', endTimeUnixNano: 0 },
    ]

    const response = await send(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))

    const { partialSuccess } = await jsonOf(response)
    assert.equal(response.status, 200)
    assert.equal(partialSuccess.rejectedSpans, '2')
    assert.match(partialSuccess.errorMessage, /spans\[1\]: spanId is not 16 hex digits.*spans\[2\]: endTime/)
    assert.equal(inspector.store.stats().spans, 1)
  })

  test('spans beyond the limit of a trace are rejected and said to be missing', async () => {
    const spans = Array.from({ length: 45 }, (_, index) => aSpan({ id: `${index + 1}`, from: 1, to: 2 }))

    const response = await send(JSON.stringify(toWireRequest(spans)))

    assert.equal((await jsonOf(response)).partialSuccess.rejectedSpans, '5')
    assert.match(await (await get(`/traces/${SAMPLE_TRACE_ID}`)).text(), /5 spans not kept/)
  })

  test('a binary body is kept and answered in kind', async () => {
    const response = await send(Buffer.alloc(0), { 'content-type': 'application/x-protobuf' })

    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/x-protobuf')
    assert.equal((await response.arrayBuffer()).byteLength, 0)
  })

  test('a binary body with a malformed span is answered with a binary partial success', async () => {
    // resource_spans { scope_spans { spans { name: "x" } } }
    const request = Buffer.from([0x0a, 0x07, 0x12, 0x05, 0x12, 0x03, 0x2a, 0x01, 0x78])

    const response = await send(request, { 'content-type': 'application/x-protobuf' })

    const answer = Buffer.from(await response.arrayBuffer())
    assert.equal(response.status, 200)
    assert.equal(answer[0], 0x0a)
    assert.deepEqual([...answer.subarray(2, 4)], [0x08, 0x01])
    assert.match(answer.toString(), /spans\[0\]: traceId is missing/)
  })

  const refused: [string, string | Buffer, Record<string, string>, number, RegExp][] = [
    ['broken JSON', '{"resourceSpans":[', {}, 400, /the body is not JSON/],
    ['no body', '', {}, 400, /the body is not JSON/],
    ['an array', '[]', {}, 400, /not an ExportTraceServiceRequest/],
    ['a broken gzip stream', 'not gzip', { 'content-encoding': 'gzip' }, 400, /cannot be read/],
    ['an unknown encoding', '{}', { 'content-encoding': 'rot13' }, 415, /rot13/],
    [
      'an unknown content type',
      '{}',
      { 'content-type': 'text/plain' },
      415,
      /OTEL_EXPORTER_OTLP_PROTOCOL=http\/json/,
    ],
    ['a large body', ' '.repeat(BODY_SIZE_MAX_BYTES + 1), {}, 413, /INSPECTOR_BODY_SIZE_MAX_BYTES/],
    [
      'a body that is large once decompressed',
      gzipSync(Buffer.alloc(50_000_000, ' ')),
      { 'content-encoding': 'gzip' },
      413,
      /INSPECTOR_BODY_SIZE_MAX_BYTES/,
    ],
  ]
  for (const [what, sent, headers, status, message] of refused) {
    test(`${what} is refused with a status object`, async () => {
      const response = await send(sent, headers)

      const answer = await jsonOf(response)
      assert.equal(response.status, status)
      assert.equal(response.headers.get('content-type'), 'application/json')
      assert.equal(answer.code, 3)
      assert.match(answer.message, message)
      assert.equal(inspector.store.stats().spans, 0)
    })
  }

  test('a broken binary body is refused in kind', async () => {
    const response = await send(Buffer.from([0x0a, 0xff]), { 'content-type': 'application/x-protobuf' })

    assert.equal(response.status, 400)
    assert.equal(response.headers.get('content-type'), 'application/x-protobuf')
    assert.match(await response.text(), /ends too early/)
  })

  test('logs and metrics are thanked for and dropped', async () => {
    const before = (await getJson('/health')).body.stats.ignored_exports ?? 0
    for (const path of ['/v1/logs', '/v1/metrics']) {
      const response = await send('{"resourceLogs":[]}', {}, path)
      assert.equal(response.status, 200)
      assert.equal(await response.text(), '{}')
    }

    assert.equal((await getJson('/health')).body.stats.ignored_exports, before + 2)
  })

  test('reading where one can only send is not allowed', async () => {
    const response = await get('/v1/traces')

    assert.equal(response.status, 405)
    assert.equal(response.headers.get('allow'), 'POST')
  })
})

describe('reading traces', () => {
  const other = (sketch: Parameters<typeof aSpan>[0], trace: string) => aSpan(sketch, trace.repeat(32))

  async function sendThree(): Promise<void> {
    await sendSpans(...meshTrace())
    await sendSpans(
      other({ id: '1', service: 'shop', name: 'GET /orders', from: 500, to: 505 }, 'a'),
      other(
        {
          id: '2',
          parent: '1',
          service: 'shop',
          name: 'SELECT orders',
          from: 501,
          to: 502,
          status: { code: 'error' },
        },
        'a',
      ),
    )
    await sendSpans(other({ id: '2', parent: '1', service: 'shop', name: 'late', from: 900, to: 901 }, 'b'))
  }

  test('traces are listed newest first', async () => {
    await sendThree()

    const { body } = await getJson('/api/traces')

    assert.equal(body.trace_count, 3)
    assert.deepEqual(
      body.traces.map(({ trace_id }) => trace_id),
      ['b'.repeat(32), 'a'.repeat(32), SAMPLE_TRACE_ID],
    )
    assert.deepEqual(body.traces[2], {
      trace_id: SAMPLE_TRACE_ID,
      root_name: 'api_gateway.generate_query_pipeline',
      root_service: 'api_gateway',
      services: [
        'api_gateway',
        'query_service',
        'validation_service',
        'queue_service',
        'processing_service',
        'storage_service',
      ],
      span_count: 30,
      error_count: 0,
      started_at: '2026-01-12T09:30:00.000Z',
      start_unix_ns: '1768210200000000000',
      duration_ms: 70.2,
      duration_ns: '70200000',
      root_duration_ms: 11.8,
      complete: true,
      missing_parent_count: 0,
      refused_span_count: 0,
    })
    assert.equal(body.traces[0]?.root_name, null)
    assert.equal(body.traces[0]?.complete, false)
  })

  const filters: [string, string[]][] = [
    ['limit=1', ['b']],
    ['service=shop', ['b', 'a']],
    ['service=storage_service', ['4']],
    ['name=select', ['a']],
    ['error=true', ['a']],
    ['error=false', ['b', '4']],
    ['service=shop&name=late', ['b']],
    ['service=nobody', []],
  ]
  for (const [query, expected] of filters) {
    test(`the list can be narrowed with ${query}`, async () => {
      await sendThree()

      const { body } = await getJson(`/api/traces?${query}`)

      assert.deepEqual(
        body.traces.map((trace) => trace.trace_id[0]),
        expected,
      )
    })
  }

  test('a late span joins its trace, a repeated one replaces itself', async () => {
    await sendSpans(...meshTrace().slice(0, 10))
    await sendSpans(...meshTrace())

    const { body } = await getJson(`/api/traces/${SAMPLE_TRACE_ID}`)

    assert.equal(body.span_count, 30)
    assert.equal(body.complete, true)
  })

  test('a trace has its spans in the order of the tree', async () => {
    await sendSpans(...meshTrace())

    const { status, body } = await getJson(`/api/traces/${SAMPLE_TRACE_ID}`)

    assert.equal(status, 200)
    assert.equal(body.spans.length, 30)
    const consumer = body.spans.find((span) => span.kind === 'consumer')
    assert.deepEqual(consumer, {
      span_id: '0000000000000013',
      parent_span_id: '0000000000000012',
      depth: 6,
      placement: 'child',
      service: 'queue_service',
      kind: 'consumer',
      name: 'queue_service.process_background_message',
      start_unix_ms: 1_768_210_200_052.9,
      start_unix_ns: '1768210200052900000',
      offset_ms: 52.9,
      duration_ms: 17.3,
      duration_ns: '17300000',
      status: { code: 'unset' },
      attributes: { 'messaging.destination.name': 'processing.jobs', 'mesh.message.attempt': 1 },
      events: [],
      links: [{ trace_id: SAMPLE_TRACE_ID, span_id: '0000000000000012', attributes: {} }],
      queue_wait: { offset_ms: 10.9, duration_ms: 42, destination: 'processing.jobs' },
      trace_state: null,
      scope: { name: 'dataprime-mesh' },
      resource: { 'service.name': 'queue_service', 'service.namespace': 'dataprime_mesh' },
    })
  })

  test('the waterfall is plain text for curl', async () => {
    await sendSpans(...meshTrace())

    const response = await get(
      `/traces/${SAMPLE_TRACE_ID.toUpperCase()}?width=140&color=always&attributes=all`,
    )

    const waterfall = await response.text()
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.match(waterfall, /intent\.type = .*error_analysis/)
    assert.ok(waterfall.includes('\u001b['))

    const plain = await (await get(`/traces/${SAMPLE_TRACE_ID}`)).text()
    assert.ok(!plain.includes('\u001b'))
    assert.ok(plain.endsWith(`curl '${inspector.url}/traces/${SAMPLE_TRACE_ID}?attributes=all'\n`))
  })

  test('the list as text names every trace once', async () => {
    await sendThree()

    assert.equal(
      await (await get('/traces?limit=2')).text(),
      `STARTED (UTC)            DURATION  SPANS  SERVICES  ERRORS  TRACE                             ROOT
2026-01-12 09:30:00.900   1.00 ms      1         1          ${'b'.repeat(32)}  (root span not received)
2026-01-12 09:30:00.500   5.00 ms      2         1     ✗ 1  ${'a'.repeat(32)}  GET /orders

One of them: curl ${inspector.url}/traces/<trace> (2 of 3 traces)
`,
    )
  })

  test('an empty list says how to fill it', async () => {
    assert.match(await (await get('/traces')).text(), /^No traces yet\..*OTEL_EXPORTER_OTLP_ENDPOINT=http/)
  })

  test('the front page explains itself', async () => {
    const response = await get('/')

    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.match(await response.text(), /curl http:\/\/127\.0\.0\.1:\d+\/traces/)
  })

  test('all traces can be forgotten', async () => {
    await sendSpans(...meshTrace())

    const response = await fetch(`${inspector.url}/api/traces`, { method: 'DELETE' })

    assert.deepEqual(await jsonOf(response), { deleted_trace_count: 1 })
    assert.equal((await getJson('/api/traces')).body.trace_count, 0)
  })

  test('health tells what is kept', async () => {
    await sendSpans(...meshTrace())

    const { body } = await getJson('/health')

    assert.equal(body.status, 'healthy')
    assert.equal(body.service, 'inspector')
    assert.equal(body.stats.spans, 30)
  })
})

describe('refusing', () => {
  const problems: [string, number, string, RegExp][] = [
    [`/api/traces/${UNKNOWN_ID}`, 404, 'trace-not-found', /no span of trace f+ has been received/],
    [`/traces/${UNKNOWN_ID}`, 404, 'trace-not-found', /no span/],
    ['/api/traces/abc', 400, 'invalid-request', /"abc" is not a trace id, which is 32 hex digits/],
    [`/traces/${'g'.repeat(32)}`, 400, 'invalid-request', /is not a trace id/],
    ['/api/traces?limit=0', 400, 'invalid-request', /limit: /],
    ['/api/traces?limit=1&limit=2', 400, 'invalid-request', /limit: /],
    ['/api/traces?error=perhaps', 400, 'invalid-request', /error: /],
    ['/nowhere', 404, 'route-not-found', /GET \/nowhere/],
  ]
  for (const [path, status, code, detail] of problems) {
    test(`${path} is a problem`, async () => {
      const response = await get(path)

      const problem = await jsonOf(response)
      assert.equal(response.status, status)
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(problem.code, code)
      assert.match(problem.detail, detail)
    })
  }

  test('a width nobody has is a problem', async () => {
    await sendSpans(...meshTrace())
    for (const query of ['width=5', 'width=wide', 'color=red', 'attributes=some']) {
      assert.equal((await getJson(`/traces/${SAMPLE_TRACE_ID}?${query}`)).body.code, 'invalid-request')
    }
  })

  test('a path that is no text is a problem of the caller', async () => {
    assert.equal((await getJson('/traces/%E0%A4%A')).status, 400)
  })

  test('requests that name another host are refused, loopback names are not', async () => {
    assert.equal(await statusForHost('evil.example:4318'), 400)
    assert.equal(await statusForHost('127.0.0.1.evil.example'), 400)
    for (const host of ['localhost:4318', '127.0.0.1', '[::1]:4318', 'LOCALHOST']) {
      assert.equal(await statusForHost(host), 200)
    }
  })

  test('no other origin is let in', async () => {
    const response = await fetch(`${inspector.url}/api/traces`, {
      headers: { origin: 'http://evil.example' },
    })

    assert.equal(response.headers.get('access-control-allow-origin'), null)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  })
})

test('an inspector that is open to the network answers to any name', async () => {
  const open = await startInspector({
    config: loadConfig(inspectorConfigSchema, { INSPECTOR_PORT: '0', HOST: '0.0.0.0' }),
  })
  try {
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${open.url}/health`, { headers: { host: 'inspector:4318' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    assert.equal(status, 200)
  } finally {
    await open.close()
  }
})
