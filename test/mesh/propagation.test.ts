import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readDatabase } from '#shared/sqlite'
import { ask, postJson, processed, wholeTrace } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { closeServer, type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'
import { rootsOf, spanNamed } from '../support/span-tree'
import { PIPELINE, ROOT } from '../system-map'

describe('trace context', () => {
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

  test('of a caller is continued: its trace, its span as parent, its tracestate', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const headers = {
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      tracestate: 'congo=t61rcWkgMzE,rojo=1',
    }

    const { body } = await ask(mesh.url, undefined, headers)
    await processed(mesh.url, body.request_id)
    const spans = await wholeTrace(receiver, traceId)

    assert.equal(body.trace_id, traceId)
    assert.equal(spanNamed(ROOT, spans).parentSpanId, 'b7ad6b7169203331')
    assert.deepEqual(rootsOf(spans), [])
    for (const span of spans) assert.equal(span.traceState, 'congo=t61rcWkgMzE,rojo=1', span.name)
  })

  test('of ten questions at once makes ten traces with no mixed spans', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const { body } = await ask(mesh.url, `errors of the last ${index + 2} hours by service`)
        return { body, index }
      }),
    )

    assert.equal(new Set(answers.map(({ body }) => body.trace_id)).size, 10)
    for (const { body, index } of answers) {
      await processed(mesh.url, body.request_id)
      const spans = await wholeTrace(receiver, body.trace_id as string)
      assert.equal(rootsOf(spans).length, 1)
      for (const { name } of PIPELINE) spanNamed(name, spans)
      assert.match(
        String(spanNamed('query_service.generate_dataprime_query', spans).attributes['query.generated']),
        new RegExp(`last ${index + 2}h`),
      )
      assert.equal(spanNamed('queue_service.add_to_queue', spans).attributes['message.id'], body.message_id)
    }
  })

  test('that is illegal starts a new trace', async () => {
    const { body } = await ask(mesh.url, undefined, {
      traceparent: '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    })

    assert.match(body.trace_id as string, /^(?!0{32})[0-9a-f]{32}$/)
    const spans = await wholeTrace(receiver, body.trace_id as string)
    assert.equal(rootsOf(spans).length, 1)
  })
})

describe('trace context of a stored message', () => {
  test('is that of its producer span, with tracestate and baggage of the caller', async () => {
    const traceId = '1af7651916cd43dd8448eb211c80319d'
    const receiver = await startOtlpReceiver()
    // Nothing takes the message, so it is still there to be looked at.
    const mesh = await startMesh({
      otlpUrl: receiver.url,
      services: ['gateway', 'query', 'validation', 'queue'],
    })

    const { body } = await ask(mesh.url, undefined, {
      traceparent: `00-${traceId}-b7ad6b7169203331-03`,
      tracestate: 'a=1',
      baggage: 'team=search',
    })
    const producer = await eventually('the producer span has arrived', () =>
      receiver.trace(traceId).find((span) => span.name === 'queue_service.add_to_queue'),
    )

    const headers = storedHeaders(mesh.dataDir, body.message_id as string)
    assert.equal(headers.traceparent, `00-${traceId}-${producer.spanId}-03`)
    assert.equal(headers.tracestate, 'a=1')
    assert.equal(headers.baggage, 'team=search')
    await mesh.stop()
    await receiver.close()
  })
})

function storedHeaders(dataDir: string, messageId: string): Record<string, string> {
  const database = readDatabase({ path: path.join(dataDir, 'queue.db') })
  const row = database
    .prepare<[string], { headers: string }>(
      'SELECT headers FROM message JOIN payload USING (sequence) WHERE id = ?',
    )
    .get(messageId)
  database.close()
  assert.ok(row !== undefined)
  return JSON.parse(row.headers)
}

describe('trace context on the wire', () => {
  let gateway: Mesh
  let neighbour: Server
  let received: { traceparent: string | undefined; tracestate: string | undefined } | undefined

  before(async () => {
    neighbour = createServer((request, response) => {
      const header = (name: string) => request.headers[name] as string | undefined
      received = { traceparent: header('traceparent'), tracestate: header('tracestate') }
      response.writeHead(503).end('{}')
    })
    await new Promise<void>((resolve) => {
      neighbour.listen(0, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}`
    gateway = await startMesh({ services: ['gateway'], env: { QUERY_SERVICE_URL: url } })
  })

  after(async () => {
    await gateway?.stop()
    await closeServer(neighbour)
  })

  async function forward(headers: Record<string, string>) {
    received = undefined
    await postJson(`${gateway.url}/api/generate-query`, { user_input: 'errors' }, headers)
    assert.ok(received !== undefined)
    return received as { traceparent: string; tracestate: string | undefined }
  }

  const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
  const traceparent = (flags: string) => `00-${TRACE_ID}-00f067aa0ba902b7-${flags}`

  test('carries the random flag on ids that the gateway made', async () => {
    assert.match((await forward({})).traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/)
  })

  for (const [sent, expected] of [
    ['01', '01'],
    ['03', '03'],
    // Sampled is off: nothing is recorded, the context goes on all the same.
    ['02', '02'],
    ['00', '00'],
    // Unknown flags are not passed on (section 4.3).
    ['ff', '03'],
  ] as const) {
    test(`turns the flags ${sent} of a caller into ${expected}`, async () => {
      const { traceparent: forwarded } = await forward({ traceparent: traceparent(sent) })

      assert.match(forwarded, new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-${expected}$`))
    })
  }

  for (const [why, legal] of [
    ['a plain list', 'foo=1,bar=2'],
    ['a tenant with its system', 'fw529a3039@dt=FfAAfjE,tenant@vendor=1'],
    [
      'the longest keys and values',
      `${'a'.repeat(256)}=${'v'.repeat(256)},${'t'.repeat(241)}@${'s'.repeat(14)}=1`,
    ],
    ['thirty-two members', Array.from({ length: 32 }, (_, index) => `k${index}=${index}`).join(',')],
  ] as const) {
    test(`keeps ${why} in tracestate`, async () => {
      assert.equal((await forward({ traceparent: traceparent('01'), tracestate: legal })).tracestate, legal)
    })
  }

  for (const [why, illegal] of [
    ['an upper-case key', 'foo=1,BAR=2'],
    ['a key with a dot', 'foo=1,b.r=2'],
    ['a key that ends in @', 'foo=1,bar@=2'],
    ['a key that begins with @', 'foo=1,@bar=2'],
    ['two @ in a key', 'foo=1,a@b@c=2'],
    ['a system that is too long', `foo=1,t@${'s'.repeat(15)}=2`],
    ['a tenant that is too long', `foo=1,${'t'.repeat(242)}@v=2`],
    ['a key that is too long', `foo=1,${'a'.repeat(257)}=2`],
    ['a value that is too long', `foo=1,bar=${'v'.repeat(257)}`],
    ['a value with =', 'foo=1,bar=2=3'],
    ['a blank before =', 'foo=1,bar =2'],
    ['a member without =', 'foo=1,bar'],
    ['thirty-three members', Array.from({ length: 33 }, (_, index) => `k${index}=${index}`).join(',')],
  ] as const) {
    test(`drops the whole tracestate for ${why}`, async () => {
      const forwarded = await forward({ traceparent: traceparent('01'), tracestate: illegal })

      assert.equal(forwarded.tracestate, undefined)
      assert.ok(forwarded.traceparent.includes(TRACE_ID), 'the trace itself goes on')
    })
  }

  test('joins several tracestate headers into one list', async () => {
    received = undefined
    const headers = new Headers({ 'content-type': 'application/json', traceparent: traceparent('01') })
    headers.append('tracestate', 'foo=1')
    headers.append('tracestate', 'bar=2')
    await (
      await fetch(`${gateway.url}/api/generate-query`, {
        method: 'POST',
        headers,
        body: '{"user_input":"errors"}',
      })
    ).text()

    assert.equal((received as { tracestate: string } | undefined)?.tracestate, 'foo=1,bar=2')
  })
})

describe('variables of OpenTelemetry', () => {
  /** What a gateway with these variables sends to the query service for a caller's context. */
  async function forwarded(env: Record<string, string>) {
    const received = Promise.withResolvers<{
      traceparent: string | undefined
      tracestate: string | undefined
    }>()
    const neighbour = createServer((request, response) => {
      const header = (name: string) => request.headers[name] as string | undefined
      received.resolve({ traceparent: header('traceparent'), tracestate: header('tracestate') })
      response.writeHead(503).end('{}')
    })
    await new Promise<void>((resolve) => {
      neighbour.listen(0, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}`
    const mesh = await startMesh({ services: ['gateway'], env: { QUERY_SERVICE_URL: url, ...env } })
    try {
      const answer = await ask(mesh.url, undefined, {
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03',
        tracestate: 'foo=1,BAR=2',
      })
      const metrics = await (await fetch(`${mesh.url}/metrics`)).text()
      return { ...(await received.promise), traceId: answer.headers.get('x-trace-id'), metrics }
    } finally {
      await mesh.stop()
      await closeServer(neighbour)
    }
  }

  test('name the propagators in any order, and trace context stays strict', async () => {
    const { traceparent, tracestate } = await forwarded({ OTEL_PROPAGATORS: 'baggage, tracecontext' })

    assert.match(traceparent ?? '', /^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-03$/)
    assert.equal(tracestate, undefined)
  })

  test('switch telemetry off: requests are answered, without a trace and without metrics', async () => {
    const { traceparent, traceId, metrics } = await forwarded({ OTEL_SDK_DISABLED: 'true' })

    assert.equal(traceparent, undefined)
    assert.equal(traceId, null)
    assert.equal(metrics, '# started without telemetry\n')
  })
})
