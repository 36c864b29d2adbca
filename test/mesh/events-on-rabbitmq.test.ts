import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { EVENTS_EXCHANGE, type EventsPublished, PROCESSING_QUEUE } from '#shared/contracts'
import { areConsumed, ask, postJson, processed, wholeTrace } from '../support/ask'
import { type BrokerSpace, brokerSpace, brokerUrl, whyNoBroker, withBroker } from '../support/broker'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'
import { EVENT_CONSUMERS, PIPELINE, SEND_EVENT, SENT_EVENTS } from '../system-map'

const HELD = 20
const WAITING = 20

const anEvent = (id: string, eventType: string) => ({
  event_id: id,
  event_type: eventType,
  service: 'ci',
  occurred_at: '2025-03-12T10:20:00.000Z',
  data: { version: id },
})

describe('domain events on RabbitMQ', { skip: whyNoBroker() }, () => {
  let receiver: OtlpReceiver
  let space: BrokerSpace
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    space = brokerSpace()
    mesh = await startMesh({ otlpUrl: receiver.url, env: space.env })
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
    await space?.clear()
  })

  const physical = (name: string) => `${space.env.RABBITMQ_NAME_PREFIX}${name}`

  /** Waits until so many messages of each consumer's queue are with the broker and nobody else. */
  const waiting = (what: string, count: number) =>
    eventually(what, () =>
      withBroker(brokerUrl(), async (channel) => {
        const depths = EVENT_CONSUMERS.map(async ({ queue }) => channel.checkQueue(physical(queue)))
        return (await Promise.all(depths)).every(({ messages }) => messages === count)
      }),
    )

  const count = (sql: string, ...parameters: unknown[]) =>
    storedRows<{ count: number }>(mesh, 'storage.db', sql, ...parameters)[0]?.count ?? 0

  /** What was written of the events of a type, and of which the consumers know that they had them. */
  const written = (eventType: string, idPattern: string) => ({
    history: count('SELECT count(*) AS count FROM event_history WHERE event_type = ?', eventType),
    aggregates: count(
      'SELECT coalesce(sum(events), 0) AS count FROM event_aggregates WHERE event_type = ?',
      eventType,
    ),
    inbox: count('SELECT count(*) AS count FROM inbox WHERE message_id LIKE ?', idPattern),
  })

  const once = (events: number) => ({ history: events, aggregates: events, inbox: 2 * events })

  /** The spans of what one consumer did with one event. */
  const consumersOf = (
    producer: Pick<ReceivedSpan, 'spanId'>,
    name: string,
    spans: readonly ReceivedSpan[],
  ) => spans.filter((span) => span.name === name && span.parentSpanId === producer.spanId)

  function assertConsumed(producer: ReceivedSpan, spans: readonly ReceivedSpan[], attempt: number): void {
    for (const { name, queue, insert } of EVENT_CONSUMERS) {
      const [consumer, ...others] = consumersOf(producer, name, spans)
      assert.deepEqual(others, [])
      assert.equal(consumer?.service, 'storage_service')
      assert.equal(consumer.kind, KIND.CONSUMER)
      assert.deepEqual(
        consumer.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
        [{ traceId: producer.traceId, spanId: producer.spanId }],
      )
      const { attributes } = consumer
      assert.equal(attributes['messaging.system.name'], 'rabbitmq')
      assert.equal(attributes['messaging.destination.name'], queue)
      assert.equal(attributes['messaging.message.id'], producer.attributes['messaging.message.id'])
      assert.equal(attributes['mesh.message.attempt'], attempt)
      assert.equal(attributes['mesh.event.duplicate'], false)
      const inserts = spans.filter(({ parentSpanId }) => parentSpanId === consumer.spanId)
      assert.deepEqual(
        inserts.map((span) => span.name),
        [insert],
      )
    }
  }

  test('those of a question are consumed by storage, each once by each consumer, in its trace', async () => {
    const { body: answer } = await ask(mesh.url)
    await processed(mesh.url, answer.request_id)
    const spans = await wholeTrace(receiver, answer.trace_id as string)

    for (const { type, under } of SENT_EVENTS) {
      const [producer, ...others] = spans.filter(
        ({ name, attributes }) => name === SEND_EVENT && attributes['mesh.event.type'] === type,
      )
      assert.ok(producer !== undefined && others.length === 0, `${others.length + 1} spans send ${type}`)
      assert.equal(producer.kind, KIND.PRODUCER)
      assert.equal(producer.attributes['messaging.system.name'], 'rabbitmq')
      const above = ancestorsOf(producer, spans)
      assert.equal(above.find(({ name }) => PIPELINE.some((one) => one.name === name))?.name, under)
      assertConsumed(producer, spans, 1)
      assert.deepEqual(written(type, `${answer.request_id}.${type}`), once(1))
    }
    await waiting('nothing is left in the queues', 0)
  })

  test('those that were held or waited when storage died are consumed after its restart, each once', async () => {
    const type = 'app.rabbitmq.restart'
    const traceId = randomBytes(16).toString('hex')
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`
    const publish = async (from: number, to: number) => {
      const events = Array.from({ length: to - from }, (_, index) => anEvent(`restart-${from + index}`, type))
      const { body } = await postJson<EventsPublished>(
        `${mesh.urlOf('queue')}/events`,
        { events },
        { traceparent },
      )
      assert.deepEqual([body.taken, body.rejected], [to - from, 0])
    }
    process.kill(mesh.pidOf('storage'), 'SIGSTOP')
    await publish(0, HELD)
    await waiting('the broker has handed them over', 0)
    await mesh.kill('storage', 'SIGKILL')
    await waiting('they are back', HELD)
    await publish(HELD, HELD + WAITING)
    await waiting('all wait', HELD + WAITING)
    assert.deepEqual(written(type, 'restart-%'), once(0))

    await mesh.start('storage')

    const isWritten = () => written(type, 'restart-%').inbox >= 2 * (HELD + WAITING)
    await eventually('all are written', isWritten)
    await waiting('nothing is left in the queues', 0)
    assert.deepEqual(written(type, 'restart-%'), once(HELD + WAITING))
    const spans = await eventually('all spans have left', () => {
      const found = receiver.trace(traceId)
      const isThere = EVENT_CONSUMERS.every(
        ({ insert }) => found.filter(({ name }) => name === insert).length >= HELD + WAITING,
      )
      const isSent = found.filter(({ name }) => name === SEND_EVENT).length >= HELD + WAITING
      // A consumer's span ends after that of its row, and may leave later.
      return isThere && isSent && areConsumed(found) && found
    })
    const producers = spans.filter(({ name }) => name === SEND_EVENT)
    assert.equal(producers.length, HELD + WAITING)
    for (const producer of producers) {
      const index = Number(String(producer.attributes['messaging.message.id']).replace('restart-', ''))
      assertConsumed(producer, spans, index < HELD ? 2 : 1)
    }
  })

  test('one that comes again after its effect was committed changes nothing', async () => {
    const type = 'app.rabbitmq.again'
    const event = anEvent('again-1', type)
    await postJson<EventsPublished>(`${mesh.urlOf('queue')}/events`, event)
    await eventually('it is written', () => written(type, 'again-1').inbox === 2)
    const first = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }

    // As a consumer gets it whose ack was lost with its connection.
    await withBroker(
      brokerUrl(),
      (channel) =>
        new Promise<void>((resolve, reject) => {
          const parcel = {
            exchange: physical(EVENTS_EXCHANGE),
            routingKey: type,
            body: Buffer.from(JSON.stringify(event)),
            properties: {
              messageId: event.event_id,
              contentType: 'application/json',
              headers: { traceparent: `00-${first.traceId}-${first.spanId}-01` },
            },
          }
          channel.publish(parcel, (outcome) =>
            outcome === 'ack' ? resolve() : reject(new Error(`the broker said ${outcome}`)),
          )
        }),
    )

    for (const { name } of EVENT_CONSUMERS) {
      const consumer = await eventually(
        `${name} had it again`,
        () => consumersOf(first, name, receiver.trace(first.traceId))[0],
      )
      assert.equal(consumer.attributes['mesh.event.duplicate'], true)
    }
    assert.deepEqual(written(type, 'again-1'), once(1))
    await waiting('nothing is left in the queues', 0)
  })

  test('leave no dead letter', () =>
    withBroker(brokerUrl(), async (channel) => {
      for (const queue of [PROCESSING_QUEUE, ...EVENT_CONSUMERS.map((consumer) => consumer.queue)]) {
        assert.equal((await channel.checkQueue(physical(`${queue}.dlq`))).messages, 0, queue)
      }
    }))
})
