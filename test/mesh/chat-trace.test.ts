import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SERVICES } from '#shared/config'
import type { ChatAccepted } from '#shared/contracts'
import { answered, areConsumed, chat, getJson, processed, QUESTION } from '../support/ask'
import { openEventStream } from '../support/event-stream'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { CHAT_EDGES, CHAT_PIPELINE, CHAT_ROOT, EDGES, type ExpectedSpan } from '../system-map'

const NAMES = new Set(CHAT_PIPELINE.map(({ name }) => name))

describe('the trace of one question that is answered later', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh
  let accepted: ChatAccepted
  let spans: ReceivedSpan[]

  before(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({ otlpUrl: receiver.url })
    accepted = (await chat(mesh.url)).body
    // Whoever looks at it leaves nothing in the trace, nor a trace of its own.
    const stream = await openEventStream(`${mesh.url}/api/requests/${accepted.request_id}/events`)
    await answered(mesh.url, accepted.request_id)
    await stream.ended
    await processed(mesh.url, accepted.request_id)
    spans = await eventually(`trace ${accepted.trace_id} is complete`, () => {
      const found = receiver.trace(accepted.trace_id as string)
      const ids = new Set(found.map(({ spanId }) => spanId))
      const hasAllParents = found.every(
        ({ parentSpanId }) => parentSpanId === undefined || ids.has(parentSpanId),
      )
      const isComplete = hasAllParents && areConsumed(found)
      return isComplete && CHAT_PIPELINE.every((one) => find(one, found) !== undefined) && found
    })
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  /** Of several with one name, the one that is where it is expected. */
  function find(expected: ExpectedSpan, among: readonly ReceivedSpan[]): ReceivedSpan | undefined {
    return among.find(
      (span) =>
        span.name === expected.name &&
        (expected.under === null || nearestOfOurs(span, among) === expected.under),
    )
  }

  function nearestOfOurs(span: ReceivedSpan, among: readonly ReceivedSpan[]): string | undefined {
    return ancestorsOf(span, among).find(({ name }) => NAMES.has(name))?.name
  }

  test('has exactly one span without a parent, and that is the root', () => {
    assert.deepEqual(
      rootsOf(spans).map(({ name, kind }) => [name, kind]),
      [[CHAT_ROOT, KIND.SERVER]],
    )
  })

  for (const expected of CHAT_PIPELINE.filter(({ under }) => under !== null)) {
    test(`has ${expected.name} under ${expected.under}`, () => {
      const span = find(expected, spans)

      assert.equal(span?.service, expected.service)
      assert.equal(span.kind, expected.kind)
      assert.equal(ancestorsOf(span, spans).at(-1)?.name, CHAT_ROOT)
    })
  }

  test('has each of its pieces of work once', () => {
    for (const name of NAMES) {
      const expected = CHAT_PIPELINE.filter((one) => one.name === name).length
      assert.equal(spans.filter((span) => span.name === name).length, expected, name)
    }
  })

  test('shows the edges of the system map', () => {
    const found = new Set<string>()
    for (const span of spans) {
      const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
      if (parent === undefined) continue
      const isMessage = parent.kind === KIND.PRODUCER && span.kind === KIND.CONSUMER
      if (isMessage || parent.service !== span.service) {
        found.add(`${parent.service} → ${span.service} by ${isMessage ? 'message' : 'http'}`)
      }
    }

    for (const [caller, callee, by] of [...EDGES, ...CHAT_EDGES]) {
      const edge = `${SERVICES[caller].serviceName} → ${SERVICES[callee].serviceName} by ${by}`
      assert.ok(found.has(edge), `${edge} is not in ${[...found].join(', ')}`)
    }
  })

  test('says on the root what was asked, and on all messages whose they are', () => {
    const root = spanNamed(CHAT_ROOT, spans).attributes
    assert.equal(root['user.input.query'], QUESTION)
    assert.equal(root['mesh.request.id'], accepted.request_id)
    assert.equal(root['mesh.conversation.id'], accepted.conversation_id)
    assert.equal(root['http.route'], '/api/chat')
    assert.equal(root['http.response.status_code'], 202)

    for (const [producer, consumer, queue] of [
      ['queue_service.add_chat_request', 'queue_service.answer_chat_request', 'chat_requests'],
      ['queue_service.add_chat_response', 'storage_service.store_chat_response', 'chat_responses'],
    ] as const) {
      const sent = spanNamed(producer, spans)
      const received = spanNamed(consumer, spans)
      for (const { attributes } of [sent, received]) {
        assert.equal(attributes['messaging.destination.name'], queue)
        assert.equal(attributes['messaging.message.conversation_id'], accepted.request_id)
        assert.equal(attributes['messaging.system.name'], 'sqlite')
      }
      assert.equal(sent.attributes['messaging.message.id'], received.attributes['messaging.message.id'])
      assert.deepEqual(
        received.links.map(({ spanId }) => spanId),
        [sent.spanId],
      )
      assert.equal(received.attributes['mesh.message.attempt'], 1)
    }
    const stored = spanNamed('storage_service.store_chat_response', spans).attributes
    assert.deepEqual([stored['mesh.chat.status'], stored['mesh.storage.stored']], ['answered', true])
  })

  test('has no span marked as failed', () => {
    assert.deepEqual(
      spans.filter(({ statusCode }) => statusCode === 2).map(({ name }) => name),
      [],
    )
  })

  test('is not touched by those who ask after it, who have no traces of their own', async () => {
    const before = receiver.spans.filter(({ traceId }) => traceId === accepted.trace_id).length
    const known = new Set(receiver.spans.map(({ traceId }) => traceId))
    for (const path of [
      `/api/requests/${accepted.request_id}`,
      `/api/chat/poll/${accepted.request_id}?wait_ms=50`,
      `/api/requests/${accepted.request_id}/events`,
    ]) {
      await (await fetch(mesh.url + path)).arrayBuffer()
    }
    await getJson(`${mesh.urlOf('storage')}/progress/${accepted.request_id}`)
    // A question asked afterwards is exported after anything that the requests above would have left.
    const later = (await chat(mesh.url)).body
    await eventually('the later one is exported', () =>
      receiver
        .trace(later.trace_id as string)
        .some(({ name }) => name === 'storage_service.store_chat_response'),
    )

    assert.equal(receiver.trace(accepted.trace_id as string).length, before)
    const others = receiver.spans.filter(({ traceId }) => !known.has(traceId) && traceId !== later.trace_id)
    assert.deepEqual(
      others.map(({ service, name }) => `${service} ${name}`),
      [],
    )
  })
})
