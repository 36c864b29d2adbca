import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type Answer,
  type DeadLetterPageReport,
  PROCESSING_QUEUE,
  type Replayed,
  type RequestStatus,
} from '#shared/contracts'
import type { ErrorCode } from '#shared/errors'
import { SPANS } from '#shared/telemetry'
import { ask, getJson, haveAllParents, postJson, processed } from '../support/ask'
import { type BrokerSpace, brokerSpace, whyNoBroker } from '../support/broker'
import { eventually } from '../support/eventually'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { type Mesh, startMesh } from '../support/mesh'
import { KIND, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver'
import { ancestorsOf, rootsOf, spanNamed } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'
import { ROOT } from '../system-map'

const DEAD_LETTER_QUEUE = `${PROCESSING_QUEUE}.dlq`
const STORED = 'INSERT processed_requests'

interface Failure {
  readonly what: string
  readonly code: ErrorCode
  readonly reason: string
  readonly attempts: number
}

const FAILURES: readonly Failure[] = [
  {
    what: 'that failed at every attempt',
    code: 'bad-gateway',
    reason: 'attempts-exhausted',
    attempts: 3,
  },
  { what: 'that nobody could do', code: 'query-invalid', reason: 'not-retryable', attempts: 1 },
]

const RETRIES = { RETRY_DELAYS_MS: '40,40' }

describe('in the queue file, a job', () => testReplays({ env: RETRIES, clear: async () => {} }))

describe('on RabbitMQ, a job', { skip: whyNoBroker() }, () => testReplays(brokerSpace(RETRIES)))

function testReplays(space: BrokerSpace): void {
  let receiver: OtlpReceiver
  let processing: FaultyService
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    processing = await startFaultyService()
    mesh = await startMesh({
      otlpUrl: receiver.url,
      env: { ...space.env, PROCESSING_SERVICE_URL: processing.url },
    })
  })

  after(async () => {
    await mesh?.stop()
    await processing?.close()
    await receiver?.close()
    await space.clear()
  })

  const statusOf = async (id: string) => (await getJson<RequestStatus>(`${mesh.url}/api/requests/${id}`)).body

  const readDeadLetters = async () =>
    (await getJson<DeadLetterPageReport>(`${mesh.urlOf('queue')}/queues/${PROCESSING_QUEUE}/dead-letters`))
      .body.dead_letters

  async function askInVain({ code }: Failure): Promise<Answer> {
    processing.failWith(code, 'the cause')
    const { body } = await ask(mesh.url)
    await eventually('the request has failed', async () => {
      return (await statusOf(body.request_id)).status === 'failed'
    })
    // A broker tells of a dead letter in one queue and keeps it in another, which may have it a moment later.
    await eventually('it is a dead letter', async () =>
      (await readDeadLetters()).some(({ message_id }) => message_id === body.request_id),
    )
    return body
  }

  function replay(id: string) {
    processing.passTo(mesh.urlOf('processing'))
    const url = `${mesh.urlOf('queue')}/queues/${PROCESSING_QUEUE}/replay`
    return postJson<Replayed>(url, { message_ids: [id] })
  }

  /** Every delivery of the trace, in order, once the last one is among them and the result is stored. */
  function deliveriesOf(traceId: string, count: number): Promise<ReceivedSpan[]> {
    return eventually(`${count} deliveries in ${traceId}`, () => {
      const spans = receiver.trace(traceId)
      const deliveries = spans.filter(({ name }) => name === SPANS.PROCESS_BACKGROUND_MESSAGE)
      const isWhole =
        deliveries.length === count && spans.some(({ name }) => name === STORED) && haveAllParents(spans)
      return isWhole && deliveries.toSorted((one, other) => (one.startNs < other.startNs ? -1 : 1))
    })
  }

  for (const failure of FAILURES) {
    test(`${failure.what} is done once it is replayed, in the trace it was asked in`, async () => {
      const answer = await askInVain(failure)
      const id = answer.request_id
      const traceId = answer.trace_id ?? ''
      const failed = await statusOf(id)
      const letters = await readDeadLetters()

      const { status, headers, body } = await replay(id)
      const done = await processed(mesh.url, id)

      assert.equal(failed.attempts, failure.attempts)
      assert.equal(failed.reason, `${failure.reason}: the cause`)
      assert.equal(failed.trace_id, traceId)
      const [letter] = letters
      assert.deepEqual(
        [letter?.message_id, letter?.reason, letter?.code, letter?.attempts, letter?.trace_id],
        [id, failure.reason, failure.code, failure.attempts, traceId],
      )
      assert.equal(status, 200)
      assert.deepEqual(body.message_ids, [id])
      assert.equal(done.attempts, 1)
      assert.equal(done.trace_id, traceId)
      assert.deepEqual(
        storedRows(mesh, 'storage.db', 'SELECT trace_id FROM processed_requests WHERE request_id = ?', id),
        [{ trace_id: traceId }],
      )

      const deliveries = await deliveriesOf(traceId, failure.attempts + 1)
      const spans = receiver.trace(traceId)
      assert.deepEqual(
        rootsOf(spans).map(({ name }) => name),
        [ROOT],
      )
      const producer = spanNamed(SPANS.ADD_TO_QUEUE, spans)
      const [last, ...vain] = deliveries.toReversed()
      assert.ok(last !== undefined)
      assert.deepEqual(
        vain.map(({ attributes, statusCode, links }) => [
          attributes['mesh.message.attempt'],
          attributes['mesh.message.dead_lettered'] ?? false,
          attributes['mesh.message.replayed_from'],
          statusCode,
          links.length,
        ]),
        vain.map((_, index) => [failure.attempts - index, index === 0, undefined, 2, 1]),
      )
      for (const delivery of deliveries) assert.equal(delivery.parentSpanId, producer.spanId)

      const operators = await eventually('the trace of the replay', () => {
        const trace = receiver.trace(headers.get('x-trace-id') ?? '')
        const isThere = trace.some(({ name }) => name === `replay ${PROCESSING_QUEUE}`)
        return isThere && rootsOf(trace).length > 0 && trace
      })
      const replayed = spanNamed(`replay ${PROCESSING_QUEUE}`, operators)
      assert.notEqual(replayed.traceId, traceId)
      assert.deepEqual(
        ancestorsOf(replayed, operators).map(({ name, kind }) => [name, kind]),
        [['POST /queues/:name/replay', KIND.SERVER]],
      )
      assert.equal(replayed.attributes['messaging.destination.name'], PROCESSING_QUEUE)
      assert.equal(replayed.attributes['messaging.batch.message_count'], 1)

      assert.equal(last.kind, KIND.CONSUMER)
      assert.equal(last.attributes['mesh.message.attempt'], 1)
      assert.equal(last.attributes['mesh.message.replayed_from'], DEAD_LETTER_QUEUE)
      assert.notEqual(last.statusCode, 2)
      assert.deepEqual(
        last.links.map((link) => [link.traceId, link.spanId]),
        [
          [traceId, producer.spanId],
          [replayed.traceId, replayed.spanId],
        ],
      )
      const store = await eventually('the row lies below that delivery', () => {
        const all = receiver.trace(traceId)
        return all.find((span) => span.name === STORED && ancestorsOf(span, all).includes(last))
      })
      assert.deepEqual(
        receiver.trace(traceId).filter(({ name }) => name === STORED),
        [store],
      )
    })
  }

  test('that fails again after its replay is a dead letter again, with what is known of both', async () => {
    const answer = await askInVain(FAILURES[0] as Failure)
    processing.failWith('query-invalid', 'another cause')

    const url = `${mesh.urlOf('queue')}/queues/${PROCESSING_QUEUE}`
    await postJson(`${url}/replay`, { message_ids: [answer.request_id] })
    const failed = await eventually('it has failed for the other cause', async () => {
      const found = await statusOf(answer.request_id)
      return found.reason === 'not-retryable: another cause' && found
    })

    assert.equal(failed.status, 'failed')
    assert.equal(failed.attempts, 1)
    const letters = await eventually('it is a dead letter again', async () => {
      const found = await readDeadLetters()
      return found.some(({ code }) => code === 'query-invalid') && found
    })
    assert.deepEqual(
      letters.map(({ message_id, code, trace_id, headers }) => [
        message_id,
        code,
        trace_id,
        headers['x-replayed-from'],
      ]),
      [[answer.request_id, 'query-invalid', answer.trace_id, DEAD_LETTER_QUEUE]],
    )
  })
}
