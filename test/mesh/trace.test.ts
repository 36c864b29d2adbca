import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { SERVICE_KEYS, SERVICES, type ServiceKey } from '#shared/config'
import type { Answer } from '#shared/contracts'
import { readDatabase } from '#shared/sqlite'
import { ask, processed, QUESTION, wholeTrace } from '../support/ask'
import { describeEdges, edgesOf } from '../support/edges'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { EDGES, EVENT_CONSUMERS, PIPELINE, ROOT, SEND_EVENT, SENT_EVENTS } from '../system-map'

describe('the trace of one question', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh
  let answer: Answer
  let spans: ReceivedSpan[]

  before(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({ otlpUrl: receiver.url })
    const response = await ask(mesh.url)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-trace-id'), response.body.trace_id)
    answer = response.body
    await processed(mesh.url, answer.request_id)
    spans = await wholeTrace(receiver, answer.trace_id as string)
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  test('has exactly one span without a parent, and that is the root', () => {
    assert.deepEqual(
      rootsOf(spans).map((span) => span.name),
      [ROOT],
    )
  })

  for (const expected of PIPELINE.filter((one) => one.under !== null)) {
    test(`has ${expected.name} under ${expected.under}`, () => {
      const span = spanNamed(expected.name, spans)
      const above = ancestorsOf(span, spans)
      const nearestOfOurs = above.find((ancestor) => PIPELINE.some(({ name }) => name === ancestor.name))

      assert.equal(nearestOfOurs?.name, expected.under)
      assert.equal(span.service, expected.service)
      assert.equal(span.kind, expected.kind)
      assert.equal(above.at(-1)?.name, ROOT)
    })
  }

  for (const { type, under } of SENT_EVENTS) {
    test(`has the event ${type} sent under ${under}`, () => {
      const { span: producer, attributes } = sentEvent(type)
      const nearestOfOurs = ancestorsOf(producer, spans).find(({ name }) =>
        PIPELINE.some((one) => one.name === name),
      )

      assert.equal(nearestOfOurs?.name, under)
      assert.equal(producer.service, 'queue_service')
      assert.equal(producer.kind, KIND.PRODUCER)
      assert.equal(attributes['messaging.destination.name'], 'events')
      assert.equal(attributes['messaging.rabbitmq.destination.routing_key'], type)
      assert.equal(attributes['messaging.message.id'], `${answer.request_id}.${type}`)
      assert.equal(attributes['messaging.message.conversation_id'], answer.request_id)
    })

    for (const consumer of EVENT_CONSUMERS) {
      test(`has ${consumer.name} and ${consumer.insert} under the event ${type}`, () => {
        const { span: producer } = sentEvent(type)
        const consumers = spans.filter(
          ({ name, parentSpanId }) => name === consumer.name && parentSpanId === producer.spanId,
        )
        const [span] = consumers
        const inserts = spans.filter(({ parentSpanId }) => parentSpanId === span?.spanId)

        assert.equal(consumers.length, 1)
        assert.equal(span?.service, 'storage_service')
        assert.equal(span?.kind, KIND.CONSUMER)
        assert.deepEqual(
          span?.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
          [{ traceId: producer.traceId, spanId: producer.spanId }],
        )
        assert.equal(span?.attributes['messaging.destination.name'], consumer.queue)
        assert.equal(span?.attributes['mesh.event.type'], type)
        assert.equal(span?.attributes['mesh.event.duplicate'], false)
        assert.equal(span?.attributes['mesh.request.id'], answer.request_id)
        assert.deepEqual(
          inserts.map(({ name, kind, service }) => ({ name, kind, service })),
          [{ name: consumer.insert, kind: KIND.CLIENT, service: 'storage_service' }],
        )
      })
    }
  }

  function sentEvent(type: string) {
    const [span, ...others] = spans.filter(
      ({ name, attributes }) => name === SEND_EVENT && attributes['mesh.event.type'] === type,
    )
    assert.ok(span !== undefined && others.length === 0, `${others.length + 1} spans send ${type}`)
    return { span, attributes: span.attributes }
  }

  test('has nothing but HTTP spans beside those', () => {
    const known = new Set([
      ...PIPELINE.map(({ name }) => name),
      SEND_EVENT,
      ...EVENT_CONSUMERS.flatMap(({ name, insert }) => [name, insert]),
    ])
    const others = spans.filter((span) => !known.has(span.name))

    assert.ok(others.length > 0)
    for (const span of others) {
      assert.ok([KIND.CLIENT, KIND.SERVER].includes(span.kind as 2), `${span.service} ${span.name}`)
      assert.ok('http.request.method' in span.attributes, `${span.service} ${span.name}`)
    }
  })

  test('shows every edge of the system map and no other', () => {
    assert.deepEqual(edgesOf(spans), describeEdges(EDGES))
  })

  test('links the consumer to the producer', () => {
    const producer = spanNamed('queue_service.add_to_queue', spans)
    const consumer = spanNamed('queue_service.process_background_message', spans)

    assert.deepEqual(
      consumer.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
      [{ traceId: producer.traceId, spanId: producer.spanId }],
    )
  })

  test('comes from all six services, each with its own resource', () => {
    const services = new Set(spans.map((span) => span.service))

    assert.deepEqual([...services].sort(), SERVICE_KEYS.map((key) => SERVICES[key].serviceName).sort())
    for (const { resource, service } of spans) {
      assert.equal(resource['service.namespace'], 'dataprime_mesh', service)
      assert.match(String(resource['service.version']), /^\d+\.\d+\.\d+/)
      assert.match(String(resource['service.instance.id']), /^[0-9a-f-]{36}$/)
      assert.equal(resource['deployment.environment.name'], 'local')
      assert.equal(resource['cx.application.name'], 'ai-dataprime-enterprise')
      assert.equal(resource['cx.subsystem.name'], 'distributed-microservices')
    }
    const instances = new Set(spans.map(({ resource }) => resource['service.instance.id']))
    assert.equal(instances.size, 6)
  })

  test('has the route on every HTTP server span', () => {
    const servers = spans.filter((span) => span.kind === KIND.SERVER)

    assert.deepEqual(servers.map((span) => `${span.service} ${span.attributes['http.route']}`).sort(), [
      'api_gateway /api/generate-query',
      'processing_service /process',
      'query_service /generate',
      'queue_service /enqueue',
      'queue_service /events',
      'storage_service /processing-data',
      'validation_service /validate',
    ])
  })

  test('says on the root what was asked', () => {
    const { attributes } = spanNamed(ROOT, spans)

    assert.equal(attributes['user.input.length'], QUESTION.length)
    assert.equal(attributes['user.input.query'], QUESTION)
    assert.equal(attributes['mesh.request.id'], answer.request_id)
    assert.equal(attributes['http.response.status_code'], 200)
  })

  test('says what was generated and how it was judged', () => {
    const generated = spanNamed('query_service.generate_dataprime_query', spans).attributes
    const validated = spanNamed('validation_service.validate_dataprime_query', spans).attributes

    assert.equal(generated['query.generated'], answer.query)
    assert.equal(generated['intent.type'], 'error_analysis')
    assert.equal(generated['intent.confidence'], answer.intent_confidence)
    assert.equal(generated['mesh.generation.engine'], 'embedded')
    assert.equal(validated['validation.is_valid'], true)
    assert.equal(validated['validation.score'], answer.validation?.syntax_score)
  })

  test('describes the message by the messaging conventions', () => {
    const producer = spanNamed('queue_service.add_to_queue', spans).attributes
    const consumer = spanNamed('queue_service.process_background_message', spans).attributes

    for (const attributes of [producer, consumer]) {
      assert.equal(attributes['messaging.system.name'], 'sqlite')
      assert.equal(attributes['messaging.system'], 'sqlite')
      assert.equal(attributes['messaging.destination.name'], 'processing.jobs')
      assert.equal(attributes['messaging.message.id'], answer.message_id)
      assert.equal(attributes['message.id'], answer.message_id)
    }
    assert.equal(producer['messaging.operation.type'], 'send')
    assert.equal(producer['queue.size'], 1)
    assert.equal(consumer['messaging.operation.type'], 'process')
    assert.equal(consumer['mesh.message.attempt'], 1)
  })

  test('describes the INSERT by the database conventions, without values', () => {
    const { attributes } = spanNamed('INSERT processed_requests', spans)

    assert.equal(attributes['db.system.name'], 'sqlite')
    assert.equal(attributes['db.operation.name'], 'INSERT')
    assert.equal(attributes['db.collection.name'], 'processed_requests')
    assert.equal(attributes['db.query.summary'], 'INSERT processed_requests')
    assert.equal(attributes['database.operation'], 'INSERT')
    assert.match(String(attributes['db.query.text']), /VALUES\s*\(@request_id/)
    assert.ok(!String(attributes['db.query.text']).includes(answer.request_id))
  })

  test('says how complex the query is', () => {
    const complexity = spanNamed('processing_service.analyze_complexity', spans).attributes
    const processing = spanNamed('processing_service.process_query_data', spans).attributes

    assert.match(String(complexity['complexity.level']), /^(low|medium|high)$/)
    assert.equal(processing['complexity.level'], complexity['complexity.level'])
    assert.ok(Number(processing['processing.time_ms']) > 0)
  })

  test('has no span marked as failed', () => {
    assert.deepEqual(
      spans.filter((span) => span.statusCode === 2).map((span) => span.name),
      [],
    )
  })

  test('is named in the logs of every service, with the span that was active', async () => {
    for (const key of SERVICE_KEYS) {
      const servers = spans.filter(
        ({ service, kind }) => service === SERVICES[key].serviceName && kind === KIND.SERVER,
      )
      assert.ok(servers.length > 0, key)
      // Logs leave a process by another way than spans.
      const answered = await eventually(`${key} has logged its answers`, () => {
        const found = answersLogged(key)
        return found.length >= servers.length && found
      })
      assert.ok(answered.every((line) => line.trace_id === answer.trace_id))
      assert.deepEqual(
        answered.map((line) => line.span_id).sort(),
        servers.map(({ spanId }) => spanId).sort(),
      )
    }
  })

  function answersLogged(key: ServiceKey): Record<string, unknown>[] {
    // What follows the last line break is still to come.
    const lines = mesh.output(key).split('\n').slice(0, -1)
    return lines
      .filter((line) => line.includes(answer.trace_id as string))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request answered')
  }

  test('has its id in the stored row', () => {
    const database = readDatabase({ path: path.join(mesh.dataDir, 'storage.db') })
    const rows = database
      .prepare<[string], { trace_id: string; query: string; user_input: string }>(
        'SELECT trace_id, query, user_input FROM processed_requests WHERE request_id = ?',
      )
      .all(answer.request_id)
    database.close()

    assert.deepEqual(rows, [{ trace_id: answer.trace_id, query: answer.query, user_input: QUESTION }])
  })

  test('leaves health, metrics, pathways and polling out', async () => {
    const before = new Set(receiver.spans.map((span) => span.traceId))
    for (const key of SERVICE_KEYS) {
      for (const endpoint of ['/health', '/health/live', '/health/ready', '/metrics', '/pathways']) {
        await (await fetch(mesh.urlOf(key) + endpoint)).arrayBuffer()
      }
    }
    await (await fetch(`${mesh.url}/api/health`)).arrayBuffer()
    await (await fetch(`${mesh.url}/api/pathways`)).arrayBuffer()
    await (await fetch(`${mesh.url}/api/requests/${answer.request_id}`)).arrayBuffer()
    // A question asked afterwards is exported after anything the requests above would have left.
    const later = (await ask(mesh.url)).body
    await wholeTrace(receiver, later.trace_id as string)

    const others = receiver.spans.filter(({ traceId }) => !before.has(traceId) && traceId !== later.trace_id)
    assert.deepEqual(
      others.map((span) => `${span.service} ${span.name}`),
      [],
    )
  })
})
