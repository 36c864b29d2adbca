import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { ServiceKey } from '#shared/config'
import type { Answer } from '#shared/contracts'
import { ask, getJson, processed, wholeTrace } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'
import { rootsOf } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'

const QUESTIONS = 40
const STORED_WITHIN_MS = 60_000

interface StoredRow {
  readonly request_id: string
  readonly trace_id: string
}

describe('a service that is killed with work in flight', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh

  beforeEach(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({
      otlpUrl: receiver.url,
      env: {
        RETRY_DELAYS_MS: '200,500,1000,2000,4000',
        QUEUE_LEASE_MS: '3000',
        WORKER_CONCURRENCY: '4',
        WORKER_PAUSE_MS: '100',
        WORKER_PAUSE_MAX_MS: '500',
      },
    })
  })

  afterEach(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  for (const victim of ['processing', 'storage', 'queue'] as const) {
    test(`(${victim}) loses nothing: every accepted message is stored once, in its own trace`, async () => {
      const { answers, inFlight } = await askWhileKilling(victim)
      const accepted = answers.filter(({ message_id }) => message_id !== null)
      assert.ok(accepted.length >= QUESTIONS / 4, `only ${accepted.length} messages were accepted`)

      await Promise.all(accepted.map(({ request_id }) => processed(mesh.url, request_id, STORED_WITHIN_MS)))

      const rows = storedRows<StoredRow>(
        mesh,
        'storage.db',
        'SELECT request_id, trace_id FROM processed_requests',
      )
      for (const answer of accepted) {
        const traceIds = rows.filter((row) => row.request_id === answer.request_id).map((row) => row.trace_id)
        assert.deepEqual(traceIds, [answer.trace_id])
      }
      for (const answer of inFlight) await assertDeliveredAgain(answer)
      await assertStoredOnce(accepted, victim, rows.length)
      for (const answer of accepted.slice(-3)) {
        const spans = await wholeTrace(receiver, answer.trace_id as string)
        assert.equal(rootsOf(spans).length, 1)
      }
    })
  }

  /**
   * Asks all along. A third of the way in the work is held up, by stopping the process at its end, until the
   * worker has as many messages as it takes; then the victim is killed with SIGKILL and started again.
   */
  async function askWhileKilling(victim: ServiceKey) {
    const answers: Answer[] = []
    const askFour = async () => {
      const batch = await Promise.all(Array.from({ length: 4 }, () => ask(mesh.url)))
      for (const { status } of batch) assert.equal(status, 200)
      const bodies = batch.map(({ body }) => body)
      answers.push(...bodies)
      return bodies
    }
    while (answers.length < QUESTIONS / 3) await askFour()
    await Promise.all(answers.map(({ request_id }) => processed(mesh.url, request_id)))

    const inFlight = await holdingUpStorage(victim, async () => {
      const held = await askFour()
      await eventually('the worker has the messages', async () => (await readQueue()).in_flight === 4)
      await mesh.kill(victim, 'SIGKILL')
      return held
    })
    const restarted = mesh.start(victim)
    while (answers.length < QUESTIONS) await askFour()
    await restarted
    await askFour()
    return { answers, inFlight }
  }

  /** Nothing is stored meanwhile: the process is there and does not run. */
  async function holdingUpStorage<Result>(victim: ServiceKey, work: () => Promise<Result>): Promise<Result> {
    const pid = mesh.pidOf('storage')
    process.kill(pid, 'SIGSTOP')
    let isKilled = false
    try {
      const result = await work()
      isKilled = victim === 'storage'
      return result
    } finally {
      if (!isKilled) process.kill(pid, 'SIGCONT')
    }
  }

  async function readQueue(): Promise<{ in_flight: number }> {
    return (await getJson<{ in_flight: number }>(`${mesh.urlOf('queue')}/queues/processing.jobs`)).body
  }

  /** The kill did hit it: the delivery that finished it was not the first. */
  async function assertDeliveredAgain({ trace_id }: Answer): Promise<void> {
    const last = await eventually(`a further delivery in ${trace_id}`, () =>
      receiver
        .trace(trace_id as string)
        .find(
          ({ name, statusCode, attributes }) =>
            name === 'queue_service.process_background_message' &&
            statusCode !== 2 &&
            (Number(attributes['mesh.message.attempt']) >= 2 ||
              attributes['mesh.message.redelivered'] === true),
        ),
    )
    assert.equal(last.traceId, trace_id)
  }

  /**
   * The table cannot hold a request twice, so the rows alone would not show a second store. What storage says
   * it did, does; of one that was killed only what it says since.
   */
  async function assertStoredOnce(accepted: readonly Answer[], victim: ServiceKey, rowCount: number) {
    const storesOf = ({ trace_id }: Answer) =>
      receiver
        .trace(trace_id as string)
        .filter(
          ({ name, attributes }) =>
            name === 'storage_service.store_processing_data' && attributes['mesh.storage.stored'] === true,
        ).length
    if (victim === 'storage') {
      for (const answer of accepted) assert.ok(storesOf(answer) <= 1, `${answer.request_id} was stored twice`)
      return
    }
    for (const answer of accepted) {
      await eventually(`${answer.request_id} says that it was stored`, () => storesOf(answer) > 0)
      assert.equal(storesOf(answer), 1)
    }
    const { counters } = (
      await getJson<{ counters: Record<string, number> }>(`${mesh.urlOf('storage')}/stats`)
    ).body
    assert.equal(counters.rows_stored, rowCount)
  }

  test('shows each redelivery as a further consumer span of the same trace, and burns no attempt on it', async () => {
    await mesh.kill('storage', 'SIGKILL')
    const { body } = await ask(mesh.url)
    assert.notEqual(body.message_id, null)
    const deliveries = () =>
      receiver
        .trace(body.trace_id as string)
        .filter((span) => span.name === 'queue_service.process_background_message')
        .sort((one, other) => Number(one.startNs - other.startNs))
    // More often than a message may be tried.
    await eventually('it was delivered in vain ten times', () => deliveries().length >= 10)
    await mesh.start('storage')

    const status = await processed(mesh.url, body.request_id, STORED_WITHIN_MS)
    const spans = await wholeTrace(receiver, body.trace_id as string)

    assert.equal(status.attempts, 1)
    assert.equal(rootsOf(spans).length, 1)
    const [producer] = spans.filter(({ name }) => name === 'queue_service.add_to_queue')
    const [first, ...later] = deliveries()
    const last = later.pop()
    for (const { parentSpanId, attributes } of [first, ...later, last].filter((span) => span !== undefined)) {
      assert.equal(parentSpanId, producer?.spanId)
      assert.equal(attributes['mesh.message.attempt'], 1)
    }
    for (const span of [first, ...later]) {
      assert.equal(span?.statusCode, 2)
      assert.equal(span?.attributes['error.type'], 'service-unavailable')
      assert.equal(span?.attributes['mesh.message.released'], true)
      assert.ok(Number(span?.attributes['mesh.consumer.pause_ms']) >= 100)
    }
    assert.equal(first?.attributes['mesh.message.redelivered'], false)
    for (const span of [...later, last]) {
      assert.equal(span?.attributes['mesh.message.redelivered'], true)
      assert.equal(span?.attributes['mesh.consumer.probe'], true)
    }
    assert.equal(last?.statusCode, 0)
    assert.equal(last?.attributes['mesh.message.released'], undefined)
  })
})
