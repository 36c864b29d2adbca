import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import {
  type DeadLetterPageReport,
  type Enqueued,
  type MessageStatus,
  PROCESSING_QUEUE,
  type Purged,
  type QueueReport,
  type Replayed,
} from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { ask, getJson, postJson } from '../support/ask'
import { type BrokerSpace, brokerSpace, brokerUrl, whyNoBroker, withBroker } from '../support/broker'
import { eventually } from '../support/eventually'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { aJob } from '../support/jobs'
import { type Mesh, startMesh } from '../support/mesh'
import { startWorker, type WorkerProcess } from '../support/worker'

const QUEUE = PROCESSING_QUEUE

interface Health {
  readonly status: string
  readonly checks: Record<string, { readonly status: string; readonly detail?: string }>
}

describe('the queue service on RabbitMQ', { skip: whyNoBroker() }, () => {
  let processing: FaultyService
  let space: BrokerSpace
  let mesh: Mesh

  beforeEach(async () => {
    processing = await startFaultyService()
    space = brokerSpace({ RETRY_DELAYS_MS: '40' })
    mesh = await startMesh({
      services: ['queue'],
      env: { ...space.env, PROCESSING_SERVICE_URL: processing.url },
    })
  })

  afterEach(async () => {
    await mesh?.stop()
    await processing?.close()
    await space?.clear()
  })

  const read = <Body>(path: string) => getJson<Body>(mesh.urlOf('queue') + path)
  const change = <Body = Problem>(path: string, body: unknown) =>
    postJson<Body>(mesh.urlOf('queue') + path, body)
  const enqueue = (id: string, payload = aJob(id)) =>
    change<Enqueued>('/enqueue', { message_id: id, payload })
  const statusOf = async (id: string) => (await read<MessageStatus>(`/status/${id}`)).body
  const readQueue = async () => (await read<QueueReport>(`/queues/${QUEUE}`)).body

  function becomes(id: string, status: MessageStatus['status']): Promise<MessageStatus> {
    return eventually(`${id} is ${status}`, async () => {
      const found = await statusOf(id)
      return found.status === status && found
    })
  }

  /** The broker tells of a dead letter in one queue and keeps it in another, which may have it a moment later. */
  const deadLettersAre = (count: number) =>
    eventually(`${count} are dead letters`, async () => {
      const { dead_letters, rates } = await readQueue()
      return dead_letters === count && rates.dead_lettered?.total === count
    })

  async function giveUp(...ids: string[]): Promise<void> {
    processing.failWith('query-invalid', 'no such field')
    for (const [index, id] of ids.entries()) {
      assert.equal((await enqueue(id)).status, 202)
      await becomes(id, 'failed')
      await deadLettersAre(index + 1)
    }
  }

  test('tells what became of a message, and recognises it after a kill, though a broker does neither', async () => {
    processing.hold()({ request_id: 'any', stored: true })
    const first = await enqueue('r-1')
    const done = await becomes('r-1', 'processed')
    await mesh.kill('queue', 'SIGKILL')
    await mesh.start('queue')

    const again = await enqueue('r-1')
    const other = await enqueue('r-1', { ...aJob('r-1'), user_input: 'another question' })

    assert.equal(first.body.duplicate, false)
    assert.equal(first.body.queue_size, null, 'the broker does not say how many wait')
    assert.deepEqual([done.queue, done.attempts, done.reason], [QUEUE, 1, null])
    assert.match(done.trace_id ?? '', /^[0-9a-f]{32}$/)
    assert.deepEqual([again.status, again.body.duplicate], [202, true])
    assert.equal(other.status, 409)
    // The ack may have been on its way at the kill; the broker then delivers the message once more.
    const { attempts, ...status } = await becomes('r-1', 'processed')
    assert.deepEqual({ ...status, attempts: done.attempts }, done)
    assert.ok(attempts === 1 || attempts === 2, `${attempts} attempts`)
    const { rates } = await readQueue()
    assert.equal(rates.published.total, 0, 'nothing was added')
  })

  test('tells of its queues what the broker tells, and null of the rest', async () => {
    processing.failWith('bad-gateway', 'not now')
    await enqueue('r-1')
    await becomes('r-1', 'failed')
    await deadLettersAre(1)

    const { status, body } = await read<{ driver: string; queues: QueueReport[] }>('/queues')

    assert.equal(status, 200)
    assert.equal(body.driver, 'rabbitmq')
    const jobs = body.queues.find(({ name }) => name === QUEUE)
    assert.ok(jobs !== undefined)
    assert.deepEqual([jobs.ready, jobs.consumers, jobs.dead_letters], [0, 1, 1])
    const totals = Object.fromEntries(Object.entries(jobs.rates).map(([name, rate]) => [name, rate?.total]))
    assert.deepEqual(totals, { published: 1, delivered: 2, acked: 0, retried: 1, dead_lettered: 1 })
    const others = body.queues.find(({ name }) => name === 'events.storage')
    assert.equal(others?.rates.acked, null, 'who consumes from it is not this process')
  })

  test('lists, replays and purges dead letters', async () => {
    await giveUp('r-1', 'r-2', 'r-3')
    const { body: page } = await read<DeadLetterPageReport>(`/queues/${QUEUE}/dead-letters?limit=10`)
    processing.hold()({ request_id: 'any', stored: true })

    const { body: replayed } = await change<Replayed>(`/queues/${QUEUE}/replay`, {
      message_ids: ['r-2', 'nobody'],
    })
    const done = await becomes('r-2', 'processed')
    const { body: purged } = await change<Purged>(`/queues/${QUEUE}/purge`, { dead_letters: true })

    assert.deepEqual(
      page.dead_letters.map(({ message_id, reason, code, attempts, body }) => [
        message_id,
        reason,
        code,
        attempts,
        (body as { request_id: string }).request_id,
      ]),
      ['r-1', 'r-2', 'r-3'].map((id) => [id, 'not-retryable', 'query-invalid', 1, id]),
    )
    assert.deepEqual([replayed.message_ids, replayed.not_replayed], [['r-2'], ['nobody']])
    assert.equal(done.attempts, 1)
    assert.deepEqual(purged, { queue: QUEUE, dead_letters: true, purged: 2 })
    await eventually('none is left', async () => (await readQueue()).dead_letters === 0)
  })
})

describe('dead letters that the queue service has no hand in', { skip: whyNoBroker() }, () => {
  const TTL_MS = 1_500
  let processing: FaultyService
  let space: BrokerSpace
  let mesh: Mesh
  let worker: WorkerProcess | undefined

  beforeEach(async () => {
    processing = await startFaultyService()
    processing.failWith('query-invalid', 'no such field')
    space = brokerSpace({ RETRY_DELAYS_MS: '40', QUEUE_TTL_MS: String(TTL_MS) })
    mesh = await startMesh({
      services: ['queue'],
      env: { ...space.env, PROCESSING_SERVICE_URL: processing.url, WORKER_CONCURRENCY: '0' },
    })
  })

  afterEach(async () => {
    await worker?.kill('SIGTERM')
    worker = undefined
    await mesh?.stop()
    await processing?.close()
    await space?.clear()
  })

  async function enqueue(id: string): Promise<void> {
    const { status } = await postJson<Enqueued>(`${mesh.urlOf('queue')}/enqueue`, {
      message_id: id,
      payload: aJob(id),
    })
    assert.equal(status, 202)
  }

  const statusOf = async (id: string) =>
    (await getJson<MessageStatus>(`${mesh.urlOf('queue')}/status/${id}`)).body

  const failed = (id: string) =>
    eventually(`${id} has failed`, async () => {
      const found = await statusOf(id)
      return found.status === 'failed' && found
    })

  test('are told of with their reason: those of a worker elsewhere, and those of the broker', async () => {
    await enqueue('expired')
    const expired = await failed('expired')
    worker = await startWorker(mesh, ['--queue', QUEUE])
    await enqueue('given-up')
    const givenUp = await failed('given-up')

    assert.deepEqual(
      [expired.queue, expired.attempts, expired.reason],
      [QUEUE, 0, 'expired: the message waited for a consumer longer than it may'],
    )
    assert.deepEqual(
      [givenUp.queue, givenUp.attempts, givenUp.reason],
      [QUEUE, 1, 'not-retryable: no such field'],
    )
    assert.match(givenUp.trace_id ?? '', /^[0-9a-f]{32}$/)
    assert.equal(processing.refused.length, 1)
  })

  test('are told of when it was away meanwhile', async () => {
    await enqueue('r-1')
    await mesh.kill('queue', 'SIGKILL')
    await eventually('it has expired', () =>
      withBroker(brokerUrl(), async (channel) => {
        const deadLetters = `${space.env.RABBITMQ_NAME_PREFIX}${QUEUE}.dlq`
        return (await channel.checkQueue(deadLetters)).messages === 1
      }),
    )
    await mesh.start('queue')

    assert.match((await failed('r-1')).reason ?? '', /^expired: /)
  })
})

describe('a mesh without its broker', () => {
  let mesh: Mesh

  before(async () => {
    mesh = await startMesh({
      env: {
        QUEUE_URL: 'amqp://somebody:secret@127.0.0.1:1',
        PUBLISHER_TIMEOUT_MS: '300',
        LOG_LEVEL: 'debug',
      },
    })
  })

  after(async () => {
    await mesh?.stop()
  })

  test('has a queue service that says why it is unhealthy and keeps nobody waiting', async () => {
    const url = mesh.urlOf('queue')

    const health = await getJson<Health>(`${url}/health`)
    const queues = await getJson<Problem>(`${url}/queues`)
    const enqueued = await postJson<Problem>(`${url}/enqueue`, { payload: aJob('r-1') })

    assert.equal(health.status, 503)
    assert.equal(health.body.status, 'unhealthy')
    assert.match(health.body.checks.queues?.detail ?? '', /^the broker is not connected: /)
    for (const { status, body } of [queues, enqueued]) {
      assert.deepEqual([status, body.code], [503, 'service-unavailable'])
    }
    for (const { body } of [health, queues, enqueued]) assert.ok(!JSON.stringify(body).includes('secret'))
    for (const key of ['queue', 'storage'] as const) assert.doesNotMatch(mesh.output(key), /secret/)
  })

  test('answers questions all the same, with a warning', async () => {
    const { status, body } = await ask(mesh.url)
    const health = await getJson<Health>(`${mesh.url}/api/health`)
    const stats = await getJson<{ services: Record<string, { queues?: unknown }> }>(`${mesh.url}/api/stats`)

    assert.equal(status, 200)
    assert.equal(body.success, true)
    assert.equal(body.message_id, null)
    assert.match(body.warnings.join(), /its background analysis was not enqueued/)
    assert.deepEqual([health.status, health.body.status], [200, 'degraded'])
    assert.equal(stats.status, 200)
    assert.equal(stats.body.services.queue_service?.queues, null)
  })
})
