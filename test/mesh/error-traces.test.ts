import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SERVICE_KEYS } from '#shared/config'
import { ask, QUESTION, wholeTrace } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { rootsOf } from '../support/span-tree'
import { ROOT } from '../system-map'

const ENDPOINT = '/api/generate-query'

interface Refused {
  readonly what: string
  readonly status: number
  readonly code: string
  readonly request: RequestInit
}

const json = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
})

/** What is wrong with the request itself: nothing of the mesh is asked. */
const REFUSED: readonly Refused[] = [
  { what: 'broken JSON', status: 400, code: 'malformed-json', request: json('{"user_input": "err') },
  { what: 'no body', status: 400, code: 'invalid-request', request: { method: 'POST' } },
  { what: 'a missing field', status: 400, code: 'invalid-request', request: json('{}') },
  {
    what: 'a body of 2 MB',
    status: 413,
    code: 'body-too-large',
    request: json(JSON.stringify({ user_input: 'x'.repeat(2_000_000) })),
  },
  {
    what: 'a body that is no JSON',
    status: 415,
    code: 'unsupported-media-type',
    request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'errors' },
  },
]

describe('the trace of a question that fails', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({ otlpUrl: receiver.url, services: ['gateway', 'validation', 'queue'] })
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  /** Sends a request and waits for the root of its trace, which ends last of the gateway's spans. */
  async function send(request: RequestInit) {
    const response = await fetch(mesh.url + ENDPOINT, request)
    const problem = (await response.json()) as { code: string; trace_id: string }
    assert.equal(problem.trace_id, response.headers.get('x-trace-id'))
    const spans = await eventually(`the root of ${problem.trace_id} arrives`, () => {
      const found = receiver.trace(problem.trace_id)
      return rootsOf(found).length > 0 && found
    })
    return { status: response.status, code: problem.code, spans }
  }

  function assertRoot(spans: readonly ReceivedSpan[], status: number): ReceivedSpan {
    const roots = rootsOf(spans)
    assert.deepEqual(
      roots.map((span) => span.name),
      [ROOT],
    )
    const root = roots[0] as ReceivedSpan
    assert.equal(root.service, 'api_gateway')
    assert.equal(root.kind, KIND.SERVER)
    assert.equal(root.attributes['http.request.method'], 'POST')
    assert.equal(root.attributes['http.route'], ENDPOINT)
    assert.equal(root.attributes['url.path'], ENDPOINT)
    assert.equal(root.attributes['http.response.status_code'], status)
    return root
  }

  for (const { what, status, code, request } of REFUSED) {
    test(`for ${what} is one root span with ${status}, which is the caller's error and not the span's`, async () => {
      const refused = await send(request)

      assert.equal(refused.status, status)
      assert.equal(refused.code, code)
      assert.equal(refused.spans.length, 1)
      // HTTP conventions: a server span leaves its status unset for 4xx.
      const root = assertRoot(refused.spans, status)
      assert.equal(root.statusCode, 0)
      assert.equal(root.attributes['error.type'], undefined)
      assert.deepEqual(root.events, [])
    })
  }

  test('for a service that is down is a failed root over the call that failed', async () => {
    const failed = await send(json(JSON.stringify({ user_input: QUESTION })))

    assert.equal(failed.status, 503)
    assert.equal(failed.code, 'service-unavailable')
    const root = assertRoot(failed.spans, 503)
    assert.equal(root.statusCode, 2)
    assert.match(String(root.attributes['error.type']), /^(?:503|service-unavailable)$/)
    const call = failed.spans.find((span) => span.name === 'api_gateway.call_query_service')
    assert.equal(call?.parentSpanId, root.spanId)
    assert.equal(call?.statusCode, 2)
    assert.ok(call?.attributes['error.type'])
    assert.ok(failed.spans.every((span) => span.traceId === root.traceId))
  })

  test('with a caller’s context is that caller’s child, failed or not', async () => {
    const traceId = '2af7651916cd43dd8448eb211c80319c'
    const headers = { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` }

    const response = await fetch(mesh.url + ENDPOINT, { method: 'POST', headers, body: '{' })
    await response.arrayBuffer()

    const spans = await eventually('the span arrives', () => {
      const found = receiver.trace(traceId)
      return found.length > 0 && found
    })
    assert.deepEqual(
      spans.map((span) => [span.name, span.parentSpanId]),
      [[ROOT, 'b7ad6b7169203331']],
    )
  })
})

describe('health and metrics', () => {
  test('make no span, whether asked for by GET or by HEAD', async () => {
    const receiver = await startOtlpReceiver()
    const mesh = await startMesh({ otlpUrl: receiver.url })
    try {
      for (const method of ['GET', 'HEAD']) {
        for (const key of SERVICE_KEYS) {
          for (const endpoint of ['/health', '/health/live', '/health/ready', '/metrics']) {
            const response = await fetch(mesh.urlOf(key) + endpoint, { method })
            assert.equal(response.status, 200, `${method} ${key} ${endpoint}`)
            await response.arrayBuffer()
          }
        }
        await (await fetch(`${mesh.url}/api/health`, { method })).arrayBuffer()
      }
      // A question asked afterwards is exported after anything the requests above would have left.
      const { trace_id } = (await ask(mesh.url)).body
      await wholeTrace(receiver, trace_id as string)

      const others = receiver.spans.filter((span) => span.traceId !== trace_id)
      assert.deepEqual(
        others.map((span) => `${span.service} ${span.name} ${span.attributes['http.request.method']}`),
        [],
      )
    } finally {
      await mesh.stop()
      await receiver.close()
    }
  })
})
