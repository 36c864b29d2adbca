import assert from 'node:assert/strict'
import path from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { ServiceKey } from '#shared/config'
import type { Answer } from '#shared/contracts'
import { readDatabase } from '#shared/sqlite'
import { ask, processed, wholeTrace } from '../support/ask'
import { type Mesh, startMesh } from '../support/mesh'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'
import { rootsOf } from '../support/span-tree'

const QUESTIONS = 40
const STORED_WITHIN_MS = 60_000

describe('a service that is killed with work in flight', () => {
  let receiver: OtlpReceiver
  let mesh: Mesh

  beforeEach(async () => {
    receiver = await startOtlpReceiver()
    mesh = await startMesh({
      otlpUrl: receiver.url,
      env: { RETRY_DELAYS_MS: '200,500,1000,2000,4000', QUEUE_LEASE_MS: '3000', WORKER_CONCURRENCY: '4' },
    })
  })

  afterEach(async () => {
    await mesh?.stop()
    await receiver?.close()
  })

  for (const victim of ['processing', 'storage', 'queue'] as const) {
    test(`(${victim}) loses nothing: every accepted message is stored once, in its own trace`, async () => {
      const answers = await askWhileKilling(victim)
      const accepted = answers.filter(({ message_id }) => message_id !== null)
      assert.ok(accepted.length >= QUESTIONS / 4, `only ${accepted.length} messages were accepted`)

      await Promise.all(accepted.map(({ request_id }) => processed(mesh.url, request_id, STORED_WITHIN_MS)))

      const rows = storedRows()
      for (const answer of accepted) {
        const traceIds = rows.filter((row) => row.request_id === answer.request_id).map((row) => row.trace_id)
        assert.deepEqual(traceIds, [answer.trace_id])
      }
      for (const answer of accepted.slice(-3)) {
        const spans = await wholeTrace(receiver, answer.trace_id as string)
        assert.equal(rootsOf(spans).length, 1)
      }
    })
  }

  /** Asks all along; a third of the way in the victim is killed with SIGKILL, then started again. */
  async function askWhileKilling(victim: ServiceKey): Promise<Answer[]> {
    const answers: Answer[] = []
    let restarted: Promise<void> | undefined
    for (let asked = 0; asked < QUESTIONS; asked += 4) {
      const batch = Array.from({ length: 4 }, () => ask(mesh.url))
      if (restarted === undefined && asked >= QUESTIONS / 3) {
        restarted = mesh.kill(victim, 'SIGKILL').then(() => mesh.start(victim))
      }
      for (const { status, body } of await Promise.all(batch)) {
        assert.equal(status, 200)
        answers.push(body)
      }
    }
    await restarted
    for (const { body } of await Promise.all(Array.from({ length: 4 }, () => ask(mesh.url))))
      answers.push(body)
    return answers
  }

  function storedRows() {
    const database = readDatabase({ path: path.join(mesh.dataDir, 'storage.db') })
    const rows = database
      .prepare<[], { request_id: string; trace_id: string }>(
        'SELECT request_id, trace_id FROM processed_requests',
      )
      .all()
    database.close()
    return rows
  }

  test('shows a redelivery as a further consumer span of the same trace', async () => {
    await mesh.kill('storage', 'SIGKILL')
    const { body } = await ask(mesh.url)
    assert.notEqual(body.message_id, null)
    await mesh.start('storage')

    const status = await processed(mesh.url, body.request_id, STORED_WITHIN_MS)
    const spans = await wholeTrace(receiver, body.trace_id as string)

    const attempts = spans
      .filter((span) => span.name === 'queue_service.process_background_message')
      .map((span) => ({ attempt: span.attributes['mesh.message.attempt'], failed: span.statusCode === 2 }))
      .sort((one, other) => Number(one.attempt) - Number(other.attempt))
    assert.ok(attempts.length >= 2, 'the message was delivered more than once')
    assert.deepEqual(attempts[0], { attempt: 1, failed: true })
    assert.equal(attempts.at(-1)?.failed, false)
    assert.equal(status.attempts, attempts.length)
    assert.equal(rootsOf(spans).length, 1)
  })
})
