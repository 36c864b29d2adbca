import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, PROCESSING_QUEUE } from '#shared/contracts'
import { ask, processed, wholeTrace } from '../support/ask'
import { type BrokerSpace, brokerSpace, whyNoBroker } from '../support/broker'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { PIPELINE, ROOT } from '../system-map'

describe('the trace of one question whose messages are on RabbitMQ', { skip: whyNoBroker() }, () => {
  let receiver: OtlpReceiver
  let space: BrokerSpace
  let mesh: Mesh
  let answer: Answer
  let spans: ReceivedSpan[]

  before(async () => {
    receiver = await startOtlpReceiver()
    space = brokerSpace()
    mesh = await startMesh({ otlpUrl: receiver.url, env: space.env })
    const response = await ask(mesh.url)
    assert.equal(response.status, 200)
    answer = response.body
    await processed(mesh.url, answer.request_id)
    spans = await wholeTrace(receiver, answer.trace_id as string)
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
    await space?.clear()
  })

  test('is the same tree as without a broker', () => {
    assert.deepEqual(
      rootsOf(spans).map(({ name }) => name),
      [ROOT],
    )
    for (const expected of PIPELINE.filter(({ under }) => under !== null)) {
      const span = spanNamed(expected.name, spans)
      const above = ancestorsOf(span, spans)
      const nearest = above.find((ancestor) => PIPELINE.some(({ name }) => name === ancestor.name))
      assert.equal(nearest?.name, expected.under, expected.name)
      assert.equal(span.kind, expected.kind, expected.name)
    }
  })

  test('has one span for each message that is sent and one for each that is handled, none of the client library', () => {
    const messaging = spans.filter(({ kind }) => kind === KIND.PRODUCER || kind === KIND.CONSUMER)

    for (const { name, attributes } of messaging) {
      assert.equal(attributes['messaging.system.name'], 'rabbitmq', name)
      // The names that the library's own instrumentation still has.
      assert.equal(attributes['messaging.destination'], undefined, name)
      assert.equal(attributes['messaging.protocol'], undefined, name)
    }
    // By their starts: a message may be handled before the broker's confirm ends the span of its sending.
    const ofJob = messaging
      .filter(({ attributes }) => attributes['messaging.destination.name'] === PROCESSING_QUEUE)
      .toSorted((one, other) => Number(one.startNs - other.startNs))
    assert.deepEqual(
      ofJob.map(({ name }) => name),
      ['queue_service.add_to_queue', 'queue_service.process_background_message'],
    )
    const [producer, consumer] = ofJob
    assert.equal(producer?.attributes['messaging.message.id'], answer.message_id)
    assert.equal(consumer?.attributes['messaging.message.id'], answer.message_id)
    assert.equal(consumer?.parentSpanId, producer?.spanId)
    assert.deepEqual(
      consumer?.links.map(({ spanId }) => spanId),
      [producer?.spanId],
    )
    assert.equal(consumer?.attributes['mesh.message.attempt'], 1)
  })

  test('has no other span that tells of messaging: neither declaring nor confirming is part of a request', () => {
    const others = spans.filter(({ kind }) => kind !== KIND.PRODUCER && kind !== KIND.CONSUMER)

    assert.ok(others.length > PIPELINE.length)
    for (const { name, service, attributes } of others) {
      const told = Object.keys(attributes).filter((attribute) => attribute.startsWith('messaging.'))
      assert.deepEqual(told, [], `${service} ${name}`)
    }
  })
})
