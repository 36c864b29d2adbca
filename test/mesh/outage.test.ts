import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { RequestStatus } from '#shared/contracts'
import { SPANS } from '#shared/telemetry'
import { ask, getJson, processed, wholeTrace } from '../support/ask'
import { eventually } from '../support/eventually'
import { startFaultyService } from '../support/faulty-service'
import { type Mesh, startMesh } from '../support/mesh'
import { closeServer, type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'
import { rootsOf, spanNamed } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'
import { ROOT } from '../system-map'

describe('a mesh with a service missing', () => {
  let mesh: Mesh

  beforeEach(async () => {
    mesh = await startMesh()
  })

  afterEach(async () => {
    await mesh?.stop()
  })

  for (const [key, service] of [
    ['query', 'query_service'],
    ['validation', 'validation_service'],
  ] as const) {
    test(`answers 503 and names ${service} when that is down`, async () => {
      await mesh.kill(key, 'SIGKILL')

      const { status, headers, body } = await ask(mesh.url)
      const problem = body as unknown as Record<string, unknown>

      assert.equal(status, 503)
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(problem.code, 'service-unavailable')
      assert.equal(problem.service, service)
      assert.match(String(problem.detail), new RegExp(service))
      assert.equal(problem.trace_id, headers.get('x-trace-id'))

      const health = await getJson<{
        status: string
        downstream_services: Record<string, { status: string }>
      }>(`${mesh.url}/api/health`)
      assert.equal(health.status, 503)
      assert.equal(health.body.status, 'unhealthy')
      assert.equal(health.body.downstream_services[service]?.status, 'unhealthy')
    })
  }

  test('still answers when the queue is down, without a message id and with a warning', async () => {
    await mesh.kill('queue', 'SIGKILL')

    const { status, body } = await ask(mesh.url)

    assert.equal(status, 200)
    assert.equal(body.success, true)
    assert.equal(body.message_id, null)
    assert.match(body.warnings.join(), /queue_service/)
    assert.ok(!body.services_called.includes('queue_service'))
    const health = await getJson(`${mesh.url}/api/health`)
    assert.equal(health.status, 200)
    assert.equal(health.body.status, 'degraded')
  })

  test('says a request is waiting while storage is down and processed once it is back', async () => {
    await mesh.kill('processing', 'SIGKILL')
    const { body } = await ask(mesh.url)

    const waiting = await getJson<RequestStatus>(`${mesh.url}/api/requests/${body.request_id}`)
    assert.match(waiting.body.status, /^(accepted|processing)$/)
    assert.equal(waiting.body.query, body.query)
    assert.equal(waiting.body.trace_id, body.trace_id)
    assert.equal(waiting.body.insights, null)

    await mesh.start('processing')
    const done = await processed(mesh.url, body.request_id, 30_000)
    assert.equal(done.user_input, waiting.body.user_input)
    assert.ok(done.insights !== null)
  })
})

describe('a mesh whose collector', () => {
  let mesh: Mesh | undefined
  let receiver: OtlpReceiver | undefined

  afterEach(async () => {
    await mesh?.stop()
    await receiver?.close()
    mesh = undefined
    receiver = undefined
  })

  async function assertAnswersAndStops(otlpUrl: string, beforeStop: (mesh: Mesh) => Promise<unknown>) {
    // Well below the bound for all six, which take a moment to end on a busy machine.
    mesh = await startMesh({ otlpUrl, env: { SHUTDOWN_TIMEOUT_MS: '2000' } })
    for (let asked = 0; asked < 5; asked++) {
      const { status, body } = await ask(mesh.url)
      assert.equal(status, 200)
      await processed(mesh.url, body.request_id)
    }
    await beforeStop(mesh)
    const stoppedAt = performance.now()
    const outcomes = await mesh.stop()
    const tookMs = performance.now() - stoppedAt
    const gateway = mesh.output('gateway')
    mesh = undefined
    for (const [key, outcome] of Object.entries(outcomes)) {
      assert.deepEqual(outcome, { code: 0, signal: null }, key)
    }
    // The bound is part of the promise: a process that is told to stop does.
    assert.ok(tookMs < 5_000, `stopping took ${tookMs} ms`)
    return gateway
  }

  test('is absent answers all the same, warns once, and stops in time with exit code 0', async () => {
    const warningsIn = (output: string) =>
      output.split('\n').filter((line) => line.includes('traces are not reaching'))

    const output = await assertAnswersAndStops('http://127.0.0.1:1', (running) =>
      eventually('the gateway warns', () => warningsIn(running.output('gateway')).length > 0),
    )

    assert.equal(warningsIn(output).length, 1)
  })

  test('hangs answers all the same and stops in time with exit code 0', async () => {
    const hanging = await startOtlpReceiver({ hang: true })
    receiver = hanging

    await assertAnswersAndStops(hanging.url, () =>
      eventually('every service has an export that is not answered', () => hanging.requestCount() >= 6),
    )
  })
})

describe('SIGTERM', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh | undefined

  beforeEach(async () => {
    receiver = await startOtlpReceiver()
  })

  afterEach(async () => {
    await mesh?.stop()
    mesh = undefined
    await receiver.close()
  })

  test('while a request waits for a service that never answers ends in time, with an answer and its trace', async () => {
    let asked = 0
    const silent = createServer(() => {
      asked++
    })
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve)
    })
    const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const gateway = await startMesh({
      services: ['gateway'],
      otlpUrl: receiver.url,
      env: { QUERY_SERVICE_URL: silentUrl, GENERATION_TIMEOUT_MS: '60000', SHUTDOWN_TIMEOUT_MS: '3000' },
    })
    mesh = gateway
    try {
      const answered = ask(gateway.url)
      await eventually('the query service is asked', () => asked > 0)

      const stoppedAt = performance.now()
      const outcome = await gateway.kill('gateway', 'SIGTERM')
      const tookMs = performance.now() - stoppedAt

      assert.deepEqual(outcome, { code: 0, signal: null })
      assert.ok(tookMs < 5_000, `stopping took ${tookMs} ms`)
      const { status, headers, body } = await answered
      const problem = body as unknown as { code: string; trace_id: string }
      assert.equal(status, 503)
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(problem.code, 'shutting-down')
      assert.equal(asked, 1, 'the call is not tried again')
      const spans = receiver.trace(problem.trace_id)
      const root = spanNamed(ROOT, spans)
      assert.deepEqual(rootsOf(spans), [root])
      assert.equal(root.attributes['http.response.status_code'], 503)
      assert.equal(root.statusCode, 2)
      spanNamed('api_gateway.call_query_service', spans)
    } finally {
      await closeServer(silent)
    }
  })

  test('lets the queue service answer what its own workers need to finish: nothing is delivered twice', async () => {
    const processing = await startFaultyService()
    const stopped = await startMesh({
      otlpUrl: receiver.url,
      env: { PROCESSING_SERVICE_URL: processing.url, SHUTDOWN_TIMEOUT_MS: '20000' },
    })
    mesh = stopped
    try {
      const queueUrl = stopped.urlOf('queue')
      const goOn = processing.holdBefore(stopped.urlOf('processing'))
      const { body } = await ask(stopped.url)
      await eventually('the job is with processing', async () => {
        const { body: queue } = await getJson<{ in_flight: number }>(`${queueUrl}/queues/processing.jobs`)
        return queue.in_flight === 1
      })

      const ended = stopped.kill('queue', 'SIGTERM')
      await eventually('the queue service is stopping', async () => {
        return (await fetch(`${queueUrl}/health/ready`)).status === 503
      })
      goOn()
      assert.deepEqual(await ended, { code: 0, signal: null })
      await stopped.start('queue')

      const { body: message } = await getJson<{ status: string; attempts: number }>(
        `${queueUrl}/status/${body.request_id}`,
      )
      assert.deepEqual([message.status, message.attempts], ['processed', 1])
      const spans = await wholeTrace(receiver, body.trace_id as string)
      assert.equal(spans.filter(({ name }) => name === SPANS.PROCESS_BACKGROUND_MESSAGE).length, 1)
    } finally {
      await processing.close()
    }
  })

  test('right after a burst loses no span of it', async () => {
    // Nothing leaves before the end, however long the start takes, and all of it has time to leave then.
    const env = { OTEL_BSP_SCHEDULE_DELAY: '600000', SHUTDOWN_TIMEOUT_MS: '20000' }
    const burst = await startMesh({ otlpUrl: receiver.url, env })
    mesh = burst
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(burst.url)))
    await Promise.all(answers.map(({ body }) => processed(burst.url, body.request_id)))
    // Three each, by two consumers.
    await eventually('their events are consumed', () => {
      const [row] = storedRows<{ count: number }>(burst, 'storage.db', 'SELECT count(*) AS count FROM inbox')
      return row?.count === 6 * answers.length
    })
    assert.equal(receiver.spans.length, 0, 'nothing was exported yet')

    const outcomes = await burst.stop()
    mesh = undefined

    assert.ok(Object.values(outcomes).every(({ code }) => code === 0))
    for (const { body } of answers) {
      const spans = await wholeTrace(receiver, body.trace_id as string)
      assert.equal(rootsOf(spans).length, 1)
    }
  })
})
