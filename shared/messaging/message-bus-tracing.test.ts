import assert from 'node:assert/strict'
import { join } from 'node:path'
import { beforeEach, type TestContext, test } from 'node:test'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { pathwayHash } from '#shared/pathways'
import { PATHWAY_HEADER, withSpan } from '#shared/telemetry'
import { recordSpans } from '../sqlite/testing/record-spans'
import { temporaryFolder } from '../sqlite/testing/temporary-folder'
import { createMemoryDriver } from './drivers/memory/memory-driver'
import { createSqliteDriver } from './drivers/sqlite/sqlite-driver'
import { deadLetterQueueOf } from './message'
import { createMessageBus, type MessageBusOptions } from './message-bus'
import { Inbox } from './testing/inbox'
import { ManualClock } from './testing/manual-clock'
import { waitUntil } from './testing/wait-until'

const QUEUE = 'traced.jobs'
const schema = z.object({ text: z.string() })
const hello = { queue: QUEUE, body: { text: 'hello' } }

const spans = recordSpans()
beforeEach(() => spans.reset())

function aBus(t: TestContext, options: Partial<MessageBusOptions> = {}) {
  const clock = new ManualClock()
  const driver = options.driver ?? createMemoryDriver({ clock })
  const bus = createMessageBus({
    driver,
    clock,
    service: 'tested',
    retryDelaysMs: [1_000],
    leaseMs: 30_000,
    ...options,
  })
  t.after(() => bus.close(0))
  return { bus, driver, clock }
}

/** The spans of that name, once there are `count` that have ended. */
async function ended(name: string, count = 1): Promise<ReadableSpan[]> {
  const named = () => spans.getFinishedSpans().filter((span) => span.name === name)
  await waitUntil(`${count} spans "${name}" ended`, () => named().length >= count)
  return named()
}

async function oneEnded(name: string): Promise<ReadableSpan> {
  const [span, ...others] = await ended(name)
  assert.equal(others.length, 0)
  assert.ok(span !== undefined)
  return span
}

test('sending and processing are one trace: the producer is parent and link of the consumer', async (t) => {
  const { bus, clock } = aBus(t)
  await withSpan('request', {}, () =>
    bus.publish({ ...hello, id: 'm1', conversationId: 'c1', attributes: { own: 1 } }),
  )
  clock.advance(250)
  await bus.subscribe({ queue: QUEUE, schema, handler: async () => {} })

  const request = await oneEnded('request')
  const send = await oneEnded(`send ${QUEUE}`)
  const process = await oneEnded(`process ${QUEUE}`)
  assert.equal(send.kind, SpanKind.PRODUCER)
  assert.equal(send.parentSpanContext?.spanId, request.spanContext().spanId)
  assert.equal(process.kind, SpanKind.CONSUMER)
  assert.equal(process.spanContext().traceId, request.spanContext().traceId)
  assert.equal(process.parentSpanContext?.spanId, send.spanContext().spanId)
  assert.deepEqual(
    process.links.map(({ context: { traceId, spanId } }) => [traceId, spanId]),
    [[send.spanContext().traceId, send.spanContext().spanId]],
  )
  const common = {
    'messaging.system.name': 'memory',
    'messaging.system': 'memory',
    'messaging.destination.name': QUEUE,
    'messaging.message.id': 'm1',
    'message.id': 'm1',
    'messaging.message.body.size': 16,
    'messaging.message.conversation_id': 'c1',
  }
  const sent = pathwayHash({ service: 'tested', direction: 'out', queue: QUEUE })
  assert.deepEqual(send.attributes, {
    ...common,
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'queue.size': 1,
    'mesh.message.duplicate': false,
    'mesh.pathway.hash': sent,
    own: 1,
  })
  assert.deepEqual(process.attributes, {
    ...common,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'mesh.message.attempt': 1,
    'mesh.message.redelivered': false,
    'mesh.message.wait_ms': 250,
    'mesh.pathway.hash': pathwayHash({ service: 'tested', direction: 'in', queue: QUEUE }, sent),
  })
})

test('a service names its spans', async (t) => {
  const { bus } = aBus(t, {
    spanNames: { [QUEUE]: { send: 'queue_service.add_to_queue', process: 'queue_service.work' } },
  })
  await bus.subscribe({ queue: QUEUE, schema, handler: async () => {} })

  await bus.publish(hello)

  await oneEnded('queue_service.work')
  await oneEnded('queue_service.add_to_queue')
})

test('each attempt is a span of its own in the same trace, and a failure is told on it', async (t) => {
  const { bus, clock } = aBus(t)
  await bus.subscribe({
    queue: QUEUE,
    schema,
    handler: async () => {
      throw new AppError('bad-gateway', { detail: 'storage is out of its mind' })
    },
  })

  await bus.publish(hello)
  await ended(`process ${QUEUE}`, 1)
  clock.advance(1_000)
  const [first, second] = await ended(`process ${QUEUE}`, 2)

  const send = await oneEnded(`send ${QUEUE}`)
  for (const attempt of [first, second]) {
    assert.equal(attempt?.parentSpanContext?.spanId, send.spanContext().spanId)
    assert.equal(attempt?.status.code, SpanStatusCode.ERROR)
    assert.equal(attempt?.attributes['error.type'], 'bad-gateway')
    assert.deepEqual(
      attempt?.events.map(({ name }) => name),
      ['exception'],
    )
  }
  assert.notEqual(first?.spanContext().spanId, second?.spanContext().spanId)
  const told = (span?: ReadableSpan) =>
    ['attempt', 'redelivered', 'dead_lettered'].map((name) => span?.attributes[`mesh.message.${name}`])
  assert.deepEqual(told(first), [1, false, undefined])
  assert.deepEqual(told(second), [2, true, true])
})

test('a callee that is away is told on the span that paused the consumer, and its return on the probe', async (t) => {
  const { bus, clock } = aBus(t)
  let isAway = true
  const subscription = await bus.subscribe({
    queue: QUEUE,
    schema,
    handler: async () => {
      if (isAway) throw new AppError('service-unavailable', { detail: 'storage is down' })
    },
  })
  await bus.publish(hello)
  await waitUntil('it has paused', () => subscription.state.circuit === 'open')
  await ended(`process ${QUEUE}`, 1)
  isAway = false
  clock.advance(1_000)

  const [found, probe] = await ended(`process ${QUEUE}`, 2)

  const send = await oneEnded(`send ${QUEUE}`)
  const told = (span?: ReadableSpan) => ({
    parent: span?.parentSpanContext?.spanId,
    failed: span?.status.code === SpanStatusCode.ERROR,
    attempt: span?.attributes['mesh.message.attempt'],
    released: span?.attributes['mesh.message.released'],
    pause: span?.attributes['mesh.consumer.pause_ms'],
    probe: span?.attributes['mesh.consumer.probe'],
  })
  const parent = send.spanContext().spanId
  const none = { released: undefined, pause: undefined, probe: undefined }
  assert.deepEqual(told(found), { ...none, parent, failed: true, attempt: 1, released: true, pause: 1_000 })
  assert.deepEqual(told(probe), { ...none, parent, failed: false, attempt: 1, probe: true })
})

test('a message that was refused is an error on its producer span', async (t) => {
  const { bus } = aBus(t, { driver: createMemoryDriver({ queueLengthMax: 0 }) })

  await assert.rejects(bus.publish(hello))

  const send = await oneEnded(`send ${QUEUE}`)
  assert.equal(send.attributes['error.type'], 'queue-full')
})

test('stored headers are those given, the trace of the producer span and the pathway, no other', async (t) => {
  const { bus, driver } = aBus(t)
  const baggage = propagation.createBaggage({ tenant: { value: 'Zürich' } })
  const headers = { 'x-own': 'kept', traceparent: '00-11111111111111111111111111111111-1111111111111111-01' }
  await context.with(propagation.setBaggage(context.active(), baggage), () =>
    bus.publish({ ...hello, headers }),
  )

  const inbox = await Inbox.open(driver, QUEUE)
  const { message } = await inbox.next()

  const { traceId, spanId } = (await oneEnded(`send ${QUEUE}`)).spanContext()
  const { [PATHWAY_HEADER]: pathway, ...others } = message.headers
  assert.deepEqual(others, {
    'x-own': 'kept',
    traceparent: `00-${traceId}-${spanId}-01`,
    baggage: 'tenant=Z%C3%BCrich',
  })
  assert.match(pathway ?? '', /^[\w-]{27}$/)
})

test('a handler sees the baggage and the trace of its own message, whoever woke the worker', async (t) => {
  const { bus } = aBus(t)
  const seen: Record<string, [string | undefined, string | undefined]> = {}
  await bus.subscribe({
    queue: QUEUE,
    schema,
    prefetch: 1,
    handler: async ({ text }) => {
      await new Promise((resolve) => setImmediate(resolve))
      const tenant = propagation.getActiveBaggage()?.getEntry('tenant')?.value
      seen[text] = [trace.getActiveSpan()?.spanContext().traceId, tenant]
    },
  })
  const traceIds: Record<string, string> = {}
  await Promise.all(
    ['one', 'two', 'three'].map((text) => {
      const baggage = propagation.createBaggage({ tenant: { value: text } })
      return context.with(propagation.setBaggage(context.active(), baggage), () =>
        withSpan('request', {}, async (span) => {
          traceIds[text] = span.spanContext().traceId
          await bus.publish({ queue: QUEUE, body: { text } })
        }),
      )
    }),
  )

  await ended(`process ${QUEUE}`, 3)
  assert.equal(new Set(Object.values(traceIds)).size, 3)
  for (const text of ['one', 'two', 'three']) assert.deepEqual(seen[text], [traceIds[text], text])
})

test('a message that carries no trace begins one, also when a request woke the worker', async (t) => {
  const { bus, driver } = aBus(t)
  await bus.subscribe({ queue: QUEUE, schema, handler: async () => {} })

  await withSpan('request', {}, () =>
    driver.send(QUEUE, {
      id: 'untraced',
      body: Buffer.from('{"text":"hello"}'),
      headers: {},
      contentType: 'application/json',
      enqueuedAt: 0,
    }),
  )

  const process = await oneEnded(`process ${QUEUE}`)
  assert.equal(process.parentSpanContext, undefined)
  assert.deepEqual(process.links, [])
})

test('a restart and a dead letter keep the trace', async (t) => {
  const path = join(temporaryFolder(t), 'queue.db')
  const before = createMessageBus({
    driver: createSqliteDriver({ path }),
    retryDelaysMs: [],
    leaseMs: 30_000,
  })
  await withSpan('request', {}, () => before.publish(hello))
  await before.close(0)

  const driver = createSqliteDriver({ path })
  const { bus } = aBus(t, { driver, retryDelaysMs: [] })
  await bus.subscribe({
    queue: QUEUE,
    schema,
    handler: async () => {
      throw new Error('no')
    },
  })

  const request = await oneEnded('request')
  const send = await oneEnded(`send ${QUEUE}`)
  const process = await oneEnded(`process ${QUEUE}`)
  assert.equal(process.spanContext().traceId, request.spanContext().traceId)
  assert.equal(process.parentSpanContext?.spanId, send.spanContext().spanId)
  assert.equal(process.attributes['messaging.system.name'], 'sqlite')
  const deadLetters = await Inbox.open(driver, deadLetterQueueOf(QUEUE))
  const { message } = await deadLetters.next()
  assert.equal(
    message.headers.traceparent,
    `00-${send.spanContext().traceId}-${send.spanContext().spanId}-01`,
  )
})
