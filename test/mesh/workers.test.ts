import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test'
import { WORKER } from '#shared/config'
import { createMeshTopology, messagingConfigSchema } from '#shared/messaging'
import { SPANS } from '#shared/telemetry'
import {
  brokerUrl,
  whyNoBroker,
  withBroker,
} from '../../shared/messaging/drivers/rabbitmq/testing/real-broker'
import { deleteAll, testPrefix } from '../../shared/messaging/drivers/rabbitmq/testing/real-broker-space'
import { answered, ask, chat, getJson, haveAllParents, postJson, processed, wholeTrace } from '../support/ask'
import { describeEdges, edgesOf } from '../support/edges'
import { eventually } from '../support/eventually'
import { aJob } from '../support/jobs'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { type ProcessingStub, startProcessingStub } from '../support/processing-stub'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { startWorker, type WorkerProcess } from '../support/worker'
import { EDGES_WITH_WORKER } from '../system-map'

const CONSUMER = 'queue_service.process_background_message'
const HANDLED_WITHIN_MS = 60_000

describe('a worker in a process of its own', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh
  let worker: WorkerProcess | undefined

  beforeEach(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({ otlpUrl: receiver.url, env: { WORKER_CONCURRENCY: '0' } })
  })

  afterEach(async () => {
    await worker?.kill('SIGTERM')
    worker = undefined
    await mesh?.stop()
    await receiver?.close()
  })

  test('continues the trace of the question, and its claims leave no span', async () => {
    const { body } = await ask(mesh.url)
    const queue = await getJson<{ ready: number; consumers: number }>(
      `${mesh.urlOf('queue')}/queues/processing.jobs`,
    )
    assert.deepEqual([queue.body.ready, queue.body.consumers], [1, 0], 'nobody takes it without a worker')

    worker = await startWorker(mesh, ['--queue', 'processing.jobs', '--workers', '2'])
    const status = await processed(mesh.url, body.request_id)
    const spans = await wholeTrace(receiver, body.trace_id as string)

    assert.equal(status.attempts, 1)
    const producer = spanNamed('queue_service.add_to_queue', spans)
    const consumer = spanNamed(CONSUMER, spans)
    assert.equal(consumer.service, WORKER.serviceName)
    assert.equal(consumer.kind, KIND.CONSUMER)
    assert.equal(consumer.parentSpanId, producer.spanId)
    assert.deepEqual(
      consumer.links.map(({ spanId }) => spanId),
      [producer.spanId],
    )
    assert.equal(consumer.attributes['messaging.system.name'], producer.attributes['messaging.system.name'])
    assert.equal(consumer.attributes['mesh.message.attempt'], 1)
    assert.equal(consumer.resource['service.namespace'], 'dataprime_mesh')
    assert.equal(rootsOf(spans).length, 1)
    assert.deepEqual(edgesOf(spans), describeEdges(EDGES_WITH_WORKER))
    const claims = receiver.spans.filter(({ name, attributes }) =>
      /claim|settle|driver/.test(`${name} ${attributes['http.route']} ${attributes['url.path']}`),
    )
    assert.deepEqual(claims, [])
    assert.doesNotMatch(mesh.output('queue'), /"path":"\/queues\/[^"]*claim/)
  })

  test('answers chat requests in the trace of their question, and is seen on the pathways', async () => {
    worker = await startWorker({ env: { ...mesh.env, PATHWAY_REPORT_MS: '200' } }, [
      '--queue',
      'chat_requests',
    ])
    const { body: asked } = await chat(mesh.url)

    await answered(mesh.url, asked.request_id)
    const spans = await eventually('the answer is stored, and all processes have told of it', () => {
      const trace = receiver.trace(asked.trace_id as string)
      const isThere = (one: string) => trace.some(({ name }) => name === one)
      return isThere('storage_service.store_chat_response') && haveAllParents(trace) && trace
    })

    const producer = spanNamed(SPANS.ADD_CHAT_REQUEST, spans)
    const consumer = spanNamed(SPANS.ANSWER_CHAT_REQUEST, spans)
    const response = spanNamed(SPANS.ADD_CHAT_RESPONSE, spans)
    assert.deepEqual([producer.service, consumer.service], ['queue_service', WORKER.serviceName])
    assert.equal(consumer.parentSpanId, producer.spanId)
    assert.equal(response.service, WORKER.serviceName)
    assert.ok(ancestorsOf(response, spans).some(({ spanId }) => spanId === consumer.spanId))
    await eventually('the worker is on the pathways', async () => {
      const graph = await getJson<{ nodes: { service: string; queue: string; direction: string }[] }>(
        `${mesh.url}/api/pathways`,
      )
      const own = graph.body.nodes.filter(({ service }) => service === WORKER.serviceName)
      return own.some(({ queue, direction }) => queue === 'chat_requests' && direction === 'in')
    })
  })

  test('that finds its callee away is shown to be paused, and goes on by itself', async () => {
    worker = await startWorker({ env: { ...mesh.env, WORKER_PAUSE_MS: '2000' } }, [
      '--queue',
      'processing.jobs',
    ])
    await mesh.kill('processing', 'SIGKILL')
    const { body } = await ask(mesh.url)

    const paused = await eventually('the pause is shown', async () => {
      const queue = await getJson<{
        paused_consumers: { consumer: string; until: string; reason: string }[]
      }>(`${mesh.urlOf('queue')}/queues/processing.jobs`)
      return queue.body.paused_consumers[0]
    })
    assert.match(paused.reason, /processing_service cannot be reached/)
    assert.match(paused.consumer, new RegExp(`:${worker.pid}:`))
    assert.ok(Date.parse(paused.until) > Date.now() - 10_000)
    await mesh.start('processing')
    const status = await processed(mesh.url, body.request_id, HANDLED_WITHIN_MS)

    assert.equal(status.attempts, 1)
    const timesIn = (output: string, line: string) => output.split(line).length - 1
    const { output } = worker
    await eventually('its return is told', () => timesIn(output(), 'consumer goes on') > 0)
    assert.equal(timesIn(output(), 'consumer goes on'), 1)
    assert.equal(timesIn(output(), 'consumer paused: its callee is away'), 1)
    const health = await getJson<{ status: string; checks: { queues: { detail: string } } }>(
      `${mesh.urlOf('queue')}/health`,
    )
    assert.equal(health.status, 200)
  })
})

const noBroker = whyNoBroker()

/** Where the messages are, and how a worker gets them. */
const PLACES = [
  { name: 'the queue service, over HTTP', skip: false as string | false, broker: undefined },
  { name: 'RabbitMQ', skip: noBroker, broker: noBroker === false ? brokerUrl() : undefined },
] as const

for (const { name, skip, broker } of PLACES) {
  describe(`workers that take messages from ${name}`, { skip }, () => {
    let receiver: OtlpReceiver
    let processing: ProcessingStub

    beforeEach(async () => {
      receiver = await startOtlpReceiver()
      processing = await startProcessingStub()
    })

    afterEach(async () => {
      await processing?.close()
      await receiver?.close()
    })

    /** The queue service with no workers of its own, before a stub of the processing service. */
    async function start(t: TestContext, env: Record<string, string> = {}): Promise<Mesh> {
      const prefix = testPrefix()
      const mesh = await startMesh({
        services: ['queue'],
        otlpUrl: receiver.url,
        env: {
          WORKER_CONCURRENCY: '0',
          PROCESSING_SERVICE_URL: processing.url,
          LOG_LEVEL: 'warn',
          ...(broker !== undefined && { QUEUE_URL: broker, RABBITMQ_NAME_PREFIX: prefix }),
          ...env,
        },
      })
      t.after(async () => {
        await mesh.stop()
        if (broker === undefined) return
        const topology = createMeshTopology(messagingConfigSchema.parse(env))
        await withBroker(broker, (channel) => deleteAll(channel, topology, prefix))
      })
      return mesh
    }

    async function workerOf(t: TestContext, mesh: Mesh, args: readonly string[]): Promise<WorkerProcess> {
      const worker = await startWorker({ env: { ...mesh.env, LOG_LEVEL: 'info' } }, [
        '--queue',
        'processing.jobs',
        ...args,
      ])
      t.after(() => worker.kill('SIGKILL'))
      return worker
    }

    async function enqueue(mesh: Mesh, ids: readonly string[]): Promise<void> {
      for (let at = 0; at < ids.length; at += 20) {
        const part = ids.slice(at, at + 20)
        const answers = await Promise.all(
          part.map((id) => postJson(`${mesh.urlOf('queue')}/enqueue`, { payload: aJob(id) })),
        )
        for (const { status, body } of answers) assert.equal(status, 202, JSON.stringify(body))
      }
    }

    const allAnswered = (count: number) =>
      eventually(`${count} jobs are answered`, () => processing.answered().size === count, HANDLED_WITHIN_MS)

    const atWork = () => processing.calls.filter(({ end }) => end === 'pending').length

    const consumerSpans = () => receiver.spans.filter((span) => span.name === CONSUMER)

    async function assertQueueIsEmpty(mesh: Mesh): Promise<void> {
      await eventually('the queue is empty', async () => {
        const { body } = await getJson<{ ready: number; in_flight: number | null; dead_letters: number }>(
          `${mesh.urlOf('queue')}/queues/processing.jobs`,
        )
        return body.ready === 0 && (body.in_flight ?? 0) === 0 && body.dead_letters === 0
      })
    }

    test('a drain under load: each job is handled once, none is redelivered', async (t) => {
      const count = 600
      const mesh = await start(t, { SHUTDOWN_TIMEOUT_MS: '15000' })
      const ids = Array.from({ length: count }, (_, index) => `load-${index}`)
      await enqueue(mesh, ids)
      processing.takes(100)
      const leaving = await workerOf(t, mesh, ['--workers', '3', '--prefetch', '20'])

      await eventually('it is in the middle of it', () => processing.answered().size >= count / 4)
      const outcome = await leaving.kill('SIGTERM')
      const answeredThen = processing.answered().size
      assert.deepEqual(outcome, { code: 0, signal: null }, leaving.output())
      assert.deepEqual(
        processing.calls.filter(({ end }) => end !== 'answered'),
        [],
        'what it had begun it finished',
      )
      assert.ok(answeredThen < count, 'there was work left')
      await workerOf(t, mesh, ['--workers', '3', '--prefetch', '20'])
      await allAnswered(count)
      await assertQueueIsEmpty(mesh)

      assert.equal(processing.calls.length, count)
      assert.deepEqual(new Set(processing.calls.map(({ attempt }) => attempt)), new Set([1]))
      await eventually('every span has left', () => consumerSpans().length >= count)
      const spans = consumerSpans()
      assert.equal(spans.length, count)
      const redelivered = spans.filter(({ attributes }) => attributes['mesh.message.redelivered'] === true)
      t.diagnostic(`${answeredThen} by the first worker, ${count - answeredThen} by the second`)
      t.diagnostic(`${redelivered.length} redelivered, ${spans.filter(isFailed).length} failed`)
      assert.deepEqual([redelivered.length, spans.filter(isFailed).length], [0, 0])
      assert.ok(new Set(spans.map(({ resource }) => resource['service.instance.id'])).size === 2)
    })

    test('a drain of slow jobs: what is begun is finished, what waits is given back uncounted', async (t) => {
      const mesh = await start(t, { SHUTDOWN_TIMEOUT_MS: '6000' })
      processing.takes(1_000)
      const leaving = await workerOf(t, mesh, ['--prefetch', '20', '--concurrency', '2'])
      const ids = Array.from({ length: 20 }, (_, index) => `slow-${index}`)
      await enqueue(mesh, ids)
      await eventually('it is at work', () => processing.calls.length >= 2)

      const outcome = await leaving.kill('SIGTERM')
      const byTheFirst = processing.answered().size
      assert.deepEqual(outcome, { code: 0, signal: null }, leaving.output())
      assert.ok(processing.calls.every(({ end }) => end === 'answered'))
      assert.ok(byTheFirst < ids.length, 'some were given back')
      assert.ok(processing.mostAtOnce <= 2)
      processing.takes(10)
      await workerOf(t, mesh, [])
      await allAnswered(ids.length)
      await assertQueueIsEmpty(mesh)

      t.diagnostic(`${byTheFirst} finished, ${ids.length - byTheFirst} given back`)
      assert.equal(processing.calls.length, ids.length, 'no handler ran twice')
      assert.ok(processing.calls.every(({ attempt }) => attempt === 1))
    })

    test('a callee that asks for time gets it: nobody calls before, and no attempt is spent', async (t) => {
      const mesh = await start(t, { WORKER_PAUSE_MS: '50' })
      processing.refuses(429, 2)
      await workerOf(t, mesh, ['--workers', '1', '--prefetch', '5'])
      await enqueue(mesh, ['asked-1'])
      await eventually('it was refused, and given back', async () => {
        const { body } = await getJson<{ ready: number }>(`${mesh.urlOf('queue')}/queues/processing.jobs`)
        // A second time, if this process stands still for that long: what is measured begins with the last.
        return processing.refusedAt.length >= 1 && body.ready === 1
      })
      processing.takes(0)
      await enqueue(mesh, ['asked-2', 'asked-3'])
      await allAnswered(3)

      const [refusedAt] = processing.refusedAt.slice(-1)
      const [firstAt] = processing.calls.map(({ at }) => at)
      const waitedMs = (firstAt ?? 0) - (refusedAt ?? 0)
      t.diagnostic(`asked for 2000 ms, got ${Math.round(waitedMs)} ms`)
      assert.ok(waitedMs >= 1_990, `${waitedMs} ms`)
      assert.ok(processing.calls.every(({ attempt }) => attempt === 1))
      await assertQueueIsEmpty(mesh)
    })

    test('a queue service that is killed: workers go on when it is back, and nothing is lost', async (t) => {
      // What was leased and never came to the worker waits for the end of its lease. That is longer than a process on
      // a busy machine stands still, which would take from the worker what it holds.
      const mesh = await start(t, { RETRY_DELAYS_MS: '200,200,200', QUEUE_LEASE_MS: '8000' })
      processing.takes(50)
      const ids = Array.from({ length: 400 }, (_, index) => `queue-${index}`)
      await enqueue(mesh, ids)
      const worker = await workerOf(t, mesh, ['--workers', '2', '--prefetch', '10'])
      await eventually('it is in the middle of it', () => processing.answered().size >= ids.length / 4)

      await mesh.kill('queue', 'SIGKILL')
      const answeredThen = processing.answered().size
      await mesh.start('queue')
      await allAnswered(ids.length)
      await assertQueueIsEmpty(mesh)

      const twice = [...processing.answered().values()].filter((times) => times > 1).length
      t.diagnostic(`${answeredThen} before, ${ids.length - answeredThen} after, ${twice} came again`)
      assert.ok(answeredThen < ids.length, 'there was work left')
      // At most what the worker held comes again: what it had settled, and the service had not; effects are idempotent.
      assert.ok(twice <= 20, `${twice} came again`)
      assert.equal(await worker.kill('SIGTERM').then(({ code }) => code), 0)
    })

    if (broker === undefined) {
      test('a planned restart of the queue service costs no attempt, and no job is done twice', async (t) => {
        const mesh = await start(t)
        processing.takes(100)
        const ids = Array.from({ length: 300 }, (_, index) => `planned-${index}`)
        await enqueue(mesh, ids)
        const worker = await workerOf(t, mesh, ['--workers', '2', '--prefetch', '20', '--concurrency', '10'])
        await eventually('it is in the middle of it', () => processing.answered().size >= ids.length / 4)

        // However long the service takes to end, the worker is at work meanwhile.
        const release = processing.holds()
        await eventually('it is at work', () => atWork() > 0)
        const outcome = await mesh.kill('queue', 'SIGTERM')
        const heldThen = atWork()
        release()
        await mesh.start('queue')
        await allAnswered(ids.length)
        await assertQueueIsEmpty(mesh)

        assert.deepEqual(outcome, { code: 0, signal: null })
        t.diagnostic(`${heldThen} jobs were at work when the service had ended`)
        assert.ok(heldThen > 0, 'it was at work')
        assert.deepEqual([...processing.answered().values()], Array(ids.length).fill(1))
        assert.deepEqual(new Set(processing.calls.map(({ attempt }) => attempt)), new Set([1]))
        assert.equal(await worker.kill('SIGTERM').then(({ code }) => code), 0)
      })
    }

    test('a worker that is killed: others take over what it held, and nothing is lost', async (t) => {
      // The lease is longer than a process on a busy machine stands still: nobody but the killed one may lose any.
      const mesh = await start(t, { QUEUE_LEASE_MS: '8000', RETRY_DELAYS_MS: '200,200,200' })
      processing.takes(undefined)
      const dying = await workerOf(t, mesh, ['--workers', '2', '--prefetch', '10'])
      const ids = Array.from({ length: 200 }, (_, index) => `kill-${index}`)
      await enqueue(mesh, ids)
      await eventually('it holds what it can', () => processing.calls.length === 20)
      const held = processing.calls.map(({ requestId }) => requestId)

      const outcome = await dying.kill('SIGKILL')
      assert.equal(outcome.signal, 'SIGKILL')
      processing.takes(5)
      await workerOf(t, mesh, ['--workers', '2', '--prefetch', '10'])
      await allAnswered(ids.length)
      await assertQueueIsEmpty(mesh)

      const answers = processing.calls.filter(({ end }) => end === 'answered')
      const attemptsOf = (of: (id: string) => boolean) =>
        new Set(answers.filter(({ requestId }) => of(requestId)).map(({ attempt }) => attempt))
      t.diagnostic(
        `${held.length} were held, ${answers.length} answered, ${ids.length - answers.length} lost`,
      )
      assert.equal(answers.length, ids.length)
      assert.deepEqual([...processing.answered().values()], Array(ids.length).fill(1))
      assert.deepEqual(
        attemptsOf((id) => held.includes(id)),
        new Set([2]),
      )
      assert.deepEqual(
        attemptsOf((id) => !held.includes(id)),
        new Set([1]),
      )
    })
  })
}

function isFailed({ statusCode }: ReceivedSpan): boolean {
  return statusCode === 2
}
