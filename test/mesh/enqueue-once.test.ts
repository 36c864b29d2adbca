import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Enqueued, EventsPublished, MessageStatus, QueueReport } from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { getJson, postJson } from '../support/ask'
import { eventually } from '../support/eventually'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { aJob } from '../support/jobs'
import { type Mesh, startMesh } from '../support/mesh'

/** An embedded queue forgets a few finished messages with every so many that it finishes. */
const FINISHED_UNTIL_FORGOTTEN = 130

describe('an Idempotency-Key of the queue service', () => {
  let processing: FaultyService
  let mesh: Mesh

  beforeEach(async () => {
    processing = await startFaultyService()
    processing.hold()({ request_id: 'any', stored: true })
    mesh = await startMesh({
      services: ['queue'],
      env: { PROCESSING_SERVICE_URL: processing.url, QUEUE_RETENTION_MESSAGES_MAX: '1' },
    })
  })

  afterEach(async () => {
    await mesh?.stop()
    await processing?.close()
  })

  const enqueue = <Body = Enqueued>(id: string, key?: string, body: object = { payload: aJob(id) }) =>
    postJson<Body>(
      `${mesh.urlOf('queue')}/enqueue`,
      body,
      key === undefined ? {} : { 'idempotency-key': key },
    )
  const publish = <Body = EventsPublished>(body: unknown, key: string) =>
    postJson<Body>(`${mesh.urlOf('queue')}/events`, body, { 'idempotency-key': key })
  const statusOf = (id: string) => getJson<MessageStatus>(`${mesh.urlOf('queue')}/status/${id}`)
  const readQueue = async (name: string) =>
    (await getJson<QueueReport>(`${mesh.urlOf('queue')}/queues/${name}`)).body

  async function finish(...ids: string[]): Promise<void> {
    await Promise.all(ids.map((id) => enqueue(id)))
    await eventually('all of them are done', async () => {
      const { ready, in_flight } = await readQueue('processing.jobs')
      return ready === 0 && in_flight === 0
    })
  }

  test('gives the first answer again and adds no message, though the first is done and forgotten', async () => {
    const first = await enqueue('r-1', 'k-1')
    await finish(...Array.from({ length: FINISHED_UNTIL_FORGOTTEN }, (_, index) => `other-${index}`))
    assert.equal((await statusOf('r-1')).status, 404, 'the queue itself knows nothing of it any more')
    const before = (await readQueue('processing.jobs')).rates.published.total

    const again = await enqueue('r-1', 'k-1')

    assert.equal(first.status, 202)
    assert.equal(first.headers.get('idempotent-replayed'), null)
    assert.equal(again.status, 202)
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(again.body, first.body)
    assert.equal((await statusOf('r-1')).status, 404)
    assert.equal((await readQueue('processing.jobs')).rates.published.total, before)
  })

  test('keeps its answer when the service is killed', async () => {
    const first = await enqueue('r-1', 'k-1')
    await mesh.kill('queue', 'SIGKILL')
    await mesh.start('queue')

    const again = await enqueue('r-1', 'k-1')

    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(again.body, first.body)
  })

  test('refuses another body, and takes no key for a bad one', async () => {
    const bad = await enqueue<Problem>('r-1', 'k-1', { payload: {} })
    const good = await enqueue('r-1', 'k-1')
    const other = await enqueue<Problem>('r-2', 'k-1')
    const noKey = await enqueue<Problem>('r-3', 'two keys, or so')

    assert.equal(bad.status, 400)
    assert.equal(good.status, 202)
    assert.equal(good.headers.get('idempotent-replayed'), null)
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency-key-reused'])
    assert.equal((await statusOf('r-2')).status, 404)
    assert.equal(noKey.status, 400)
    assert.match(noKey.body.detail ?? '', /Idempotency-Key/)
  })

  test('makes a batch of events without ids one that can be sent again', async () => {
    const event = (score: number) => ({ event_type: 'review.scored', service: 'reviews', data: { score } })
    const batch = { events: [event(1), event(2)] }

    const first = await publish(batch, 'k-1')
    const again = await publish(batch, 'k-1')
    const alone = await publish(event(1), 'k-2')

    assert.equal(first.status, 202)
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(again.body, first.body)
    const ids = [...first.body.events, ...alone.body.events].map(({ event_id }) => event_id)
    assert.equal(new Set(ids).size, 3)
    assert.equal((await readQueue('events.storage')).ready, 3)
  })

  test('is free again after an error', async () => {
    await mesh.stop()
    mesh = await startMesh({
      services: ['queue'],
      env: { PROCESSING_SERVICE_URL: processing.url, QUEUE_LENGTH_MAX: '1', WORKER_CONCURRENCY: '1' },
    })
    const release = processing.hold()
    await enqueue('held')
    await eventually('it is held', async () => (await readQueue('processing.jobs')).in_flight === 1)
    await enqueue('waits')

    const refused = await enqueue<Problem>('r-1', 'k-1')
    release({ request_id: 'any', stored: true })
    await eventually('there is room', async () => (await readQueue('processing.jobs')).ready === 0)
    const taken = await enqueue('r-1', 'k-1')

    assert.deepEqual([refused.status, refused.body.code], [429, 'queue-full'])
    assert.equal(taken.status, 202)
    assert.equal(taken.headers.get('idempotent-replayed'), null)
  })

  test('is free again when some events of a batch may be taken another time', async () => {
    await mesh.stop()
    mesh = await startMesh({
      services: ['queue'],
      env: { PROCESSING_SERVICE_URL: processing.url, QUEUE_LENGTH_MAX: '1' },
    })
    const event = (score: number) => ({ event_type: 'review.scored', service: 'reviews', data: { score } })
    const batch = { events: [event(1), event(2)] }

    const some = await publish(batch, 'k-1')
    for (const queue of ['events.storage', 'events.analytics'])
      await postJson(`${mesh.urlOf('queue')}/queues/${queue}/purge`, {})
    const others = await publish(batch, 'k-1')

    assert.deepEqual([some.status, some.body.rejected], [207, 1])
    assert.equal(others.headers.get('idempotent-replayed'), null)
    assert.deepEqual(
      others.body.events.map(({ event_id }) => event_id),
      some.body.events.map(({ event_id }, index) => event_id ?? `unknown ${index}`),
    )
  })
})
