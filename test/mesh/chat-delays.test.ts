import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { MessageStatus } from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { answered, chat, getJson, poll, postJson, processed } from '../support/ask'
import { type BrokerSpace, brokerSpace, whyNoBroker } from '../support/broker'
import { openEventStream } from '../support/event-stream'
import { eventually } from '../support/eventually'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { type Mesh, startMesh } from '../support/mesh'
import { storedRows } from '../support/stored-rows'

/** Long enough for a worker on a busy machine to begin with a request before it is over. */
const TIMEOUT_MS = 6_000
/** How long a shutdown waits for what is in flight: far longer than a gateway takes that has nothing to wait for. */
const SHUTDOWN_TIMEOUT_MS = 15_000

describe('a chat request whose answer takes its time', () => {
  let query: FaultyService
  let mesh: Mesh

  before(async () => {
    query = await startFaultyService()
    mesh = await startMesh({
      env: {
        QUERY_SERVICE_URL: query.url,
        RETRY_DELAYS_MS: '50,50',
        SSE_HEARTBEAT_MS: '100',
        SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS),
      },
    })
  })

  beforeEach(() => query.passTo(mesh.urlOf('query')))

  after(async () => {
    await mesh?.stop()
    await query?.close()
  })

  /** What it returns lets the query service answer. */
  const holdAnswers = () => query.holdBefore(mesh.urlOf('query'))
  const eventsOf = (id: string) => `${mesh.url}/api/requests/${id}/events`
  const messageOf = async (id: string) =>
    (await getJson<MessageStatus>(`${mesh.urlOf('queue')}/status/${id}`)).body

  test('is timed out after its limit, and its late answer is kept and marked', async () => {
    const release = holdAnswers()
    const { body } = await chat(mesh.url, { timeout_ms: TIMEOUT_MS })
    const stream = await openEventStream(eventsOf(body.request_id))

    const timedOut = await poll(mesh.url, body.request_id, 20_000)
    assert.deepEqual([timedOut.status, timedOut.answer, timedOut.attempts], ['timed_out', null, 1])
    await stream.ended
    assert.deepEqual(
      stream.events().map(({ name }) => name),
      ['accepted', 'processing', 'timed_out'],
    )
    const lastEventId = stream.events().at(-1)?.id ?? ''
    const waiting = await openEventStream(eventsOf(body.request_id), { 'last-event-id': lastEventId })
    assert.equal(waiting.status, 200)

    release()

    const late = await answered(mesh.url, body.request_id)
    assert.deepEqual([late.late, late.answer?.success], [true, true])
    await waiting.ended
    assert.deepEqual(
      waiting.events().map(({ name, data }) => [name, data.late]),
      [
        ['answered', true],
        ['processed', true],
      ],
    )
    const stored = await processed(mesh.url, body.request_id)
    assert.equal(stored.late, true)
  })

  test('waits for the turn before it, and follows up on that when it comes', async () => {
    const release = holdAnswers()
    const conversation_id = 'slow'
    const first = (await chat(mesh.url, { user_input: 'errors of the last hour', conversation_id })).body
    await eventually(
      'the first is begun',
      async () => (await poll(mesh.url, first.request_id)).attempts === 1,
    )
    const second = (await chat(mesh.url, { user_input: 'make it the last 3 days', conversation_id })).body
    await eventually('the second is begun', async () => {
      return (await poll(mesh.url, second.request_id)).attempts === 1
    })
    assert.equal((await poll(mesh.url, second.request_id, 300)).answer, null)

    release()

    const { query: followUp } = await answered(mesh.url, second.request_id)
    assert.match(followUp ?? '', /^source logs last 3d\b.*ERROR/s)
    const rows = storedRows<{ request_id: string }>(
      mesh,
      'storage.db',
      'SELECT request_id FROM chat_requests WHERE conversation_id = ? ORDER BY answered_at',
      conversation_id,
    )
    assert.deepEqual(
      rows.map(({ request_id }) => request_id),
      [first.request_id, second.request_id],
    )
  })

  test('that fails for good says so, with the problem, to pollers and streams alike', async () => {
    query.failWith('bad-gateway', 'the test broke it')
    const { body } = await chat(mesh.url)
    const stream = await openEventStream(eventsOf(body.request_id))

    const failed = await poll(mesh.url, body.request_id, 20_000)
    await stream.ended

    assert.equal(failed.status, 'failed')
    assert.equal(failed.attempts, 3)
    assert.equal(failed.problem?.trace_id, body.trace_id)
    assert.match(failed.reason ?? '', /the test broke it/)
    const last = stream.events().at(-1)
    assert.deepEqual([last?.name, last?.data.reason], ['failed', failed.reason])
    assert.equal((await openEventStream(eventsOf(body.request_id), { 'last-event-id': '4' })).status, 204)
    // Whoever asks is told before the message is given up.
    const message = await eventually('its message is a dead letter', async () => {
      const found = await messageOf(body.request_id)
      return found.status === 'failed' && found
    })
    assert.equal(message.queue, 'chat_requests')
  })

  test('that failed is answered by a replay of its message', async () => {
    query.failWith('bad-gateway', 'the test broke it')
    const { body } = await chat(mesh.url)
    assert.equal((await poll(mesh.url, body.request_id, 20_000)).status, 'failed')
    // Whoever asks is told before the message is given up.
    await eventually(
      'its message is a dead letter',
      async () => (await messageOf(body.request_id)).status === 'failed',
    )
    query.passTo(mesh.urlOf('query'))

    const replay = await postJson(`${mesh.urlOf('queue')}/queues/chat_requests/replay`, {
      message_ids: [body.request_id],
    })
    assert.equal(replay.status, 200, JSON.stringify(replay.body))

    const status = await answered(mesh.url, body.request_id)
    assert.deepEqual([status.answer?.success, status.problem], [true, null])
  })

  test('does not need the gateway that accepted it', async () => {
    const release = holdAnswers()
    const { body } = await chat(mesh.url)
    await eventually('it is begun', async () => (await poll(mesh.url, body.request_id)).attempts === 1)
    await mesh.kill('gateway', 'SIGKILL')
    release()
    await mesh.start('gateway')

    const status = await answered(mesh.url, body.request_id, 60_000)

    assert.equal(status.answer?.success, true)
    const stream = await openEventStream(eventsOf(body.request_id))
    await stream.ended
    assert.deepEqual(
      stream.events().map(({ name }) => name),
      ['accepted', 'processing', 'answered', 'processed'],
    )
  })

  test('is followed through a restart of storage', async () => {
    const release = holdAnswers()
    const { body } = await chat(mesh.url)
    const stream = await openEventStream(eventsOf(body.request_id))
    await eventually('it is begun', () => stream.events().some(({ name }) => name === 'processing'))
    await mesh.kill('storage', 'SIGKILL')
    release()
    await mesh.start('storage')

    await stream.ended

    assert.deepEqual(
      stream.events().map(({ name }) => name),
      ['accepted', 'processing', 'answered', 'processed'],
    )
  })

  test('holds up no shutdown of the gateway: streams end, polls are answered with what there is', async () => {
    const release = holdAnswers()
    const { body } = await chat(mesh.url)
    const stream = await openEventStream(eventsOf(body.request_id))
    await eventually('it is begun', () => stream.events().some(({ name }) => name === 'processing'))
    const polling = poll(mesh.url, body.request_id, 30_000)
    await eventually('the stream lives', () => stream.text().includes(': heartbeat'))
    // The worker's call for an answer is work in flight, which a shutdown does wait for.
    await mesh.kill('queue', 'SIGKILL')
    const startedAt = performance.now()

    const { code } = await mesh.kill('gateway', 'SIGTERM')

    assert.equal(code, 0)
    const tookMs = performance.now() - startedAt
    assert.ok(tookMs < SHUTDOWN_TIMEOUT_MS / 2, `took ${tookMs} ms`)
    await stream.ended
    assert.equal((await polling).status, 'processing')
    release()
    await Promise.all([mesh.start('gateway'), mesh.start('queue')])
  })

  test('is refused while the queue is down, naming it, and nothing of it is there afterwards', async () => {
    const rows = () => storedRows(mesh, 'storage.db', 'SELECT request_id FROM chat_requests')
    const before = rows()
    await mesh.kill('queue', 'SIGKILL')

    const { status, body } = await chat(mesh.url)
    const problem = body as unknown as Problem

    assert.deepEqual([status, problem.code, problem.service], [503, 'service-unavailable', 'queue_service'])
    assert.equal(problem.retryable, true)
    assert.deepEqual(rows(), before)
    await mesh.start('queue')
  })

  test('is accepted while storage is down, and answered when that is back', async () => {
    await mesh.kill('storage', 'SIGKILL')

    const { status, body } = await chat(mesh.url)
    assert.equal(status, 202)
    const meanwhile = await poll(mesh.url, body.request_id)
    assert.ok(['accepted', 'processing'].includes(meanwhile.status), meanwhile.status)
    assert.equal(meanwhile.conversation_id, body.conversation_id)
    await mesh.start('storage')

    assert.equal((await answered(mesh.url, body.request_id, 60_000)).answer?.success, true)
  })
})

const noBroker = whyNoBroker()

const PLACES = [
  { name: 'SQLite', skip: false as string | false, space: () => undefined },
  { name: 'RabbitMQ', skip: noBroker, space: brokerSpace },
]

for (const { name, skip, space } of PLACES) {
  describe(`a chat request that nobody takes from its queue on ${name}`, { skip }, () => {
    const VARIABLES = { QUEUE_TTL_MS: '300' }
    let place: BrokerSpace | undefined
    let mesh: Mesh

    before(async () => {
      place = space(VARIABLES)
      mesh = await startMesh({ env: { ...VARIABLES, ...place?.env, WORKER_CONCURRENCY: '0' } })
    })

    after(async () => {
      await mesh?.stop()
      await place?.clear()
    })

    test('has failed when it expires there, with the reason, once its time limit is over', async () => {
      const { body } = await chat(mesh.url, { timeout_ms: 1_500 })

      const failed = await eventually('it has failed', async () => {
        const status = await poll(mesh.url, body.request_id, 1_000)
        return status.status === 'failed' && status
      })

      assert.match(failed.reason ?? '', /^expired: the message waited for a consumer longer than it may/)
      assert.deepEqual([failed.attempts, failed.answer, failed.trace_id], [0, null, body.trace_id])
    })
  })
}
