import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PROCESSING_QUEUE, type QueueReport, type RequestStatus } from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { ask, getJson, postJson, processed } from '../support/ask'
import { eventually } from '../support/eventually'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { aJob } from '../support/jobs'
import { type Mesh, startMesh } from '../support/mesh'

const LENGTH_MAX = 2

interface Health {
  readonly status: string
  readonly checks: { readonly queues: { readonly status: string; readonly detail: string } }
}

describe('a queue that is as long as it may be', () => {
  let processing: FaultyService
  let mesh: Mesh

  before(async () => {
    processing = await startFaultyService()
    mesh = await startMesh({
      env: {
        PROCESSING_SERVICE_URL: processing.url,
        QUEUE_LENGTH_MAX: String(LENGTH_MAX),
        WORKER_CONCURRENCY: '1',
        // Theirs are queues of the same length.
        EVENTS: 'off',
      },
    })
  })

  after(async () => {
    await mesh?.stop()
    await processing?.close()
  })

  const readQueue = async () =>
    (await getJson<QueueReport>(`${mesh.urlOf('queue')}/queues/${PROCESSING_QUEUE}`)).body
  const enqueue = (id: string) =>
    postJson<Problem>(`${mesh.urlOf('queue')}/enqueue`, { message_id: id, payload: aJob(id) })

  test('refuses with 429 and Retry-After, costs no answer its query, and loses nothing it took', async () => {
    const release = processing.hold()
    const held = (await ask(mesh.url)).body
    await eventually('the worker has it', async () => (await readQueue()).in_flight === 1)
    const waiting = [(await ask(mesh.url)).body, (await ask(mesh.url)).body]

    const refused = await enqueue('one-too-many')
    const again = await enqueue(waiting[0]?.request_id ?? '')
    const { status, body: answer } = await ask(mesh.url)
    const health = (await getJson<Health>(`${mesh.urlOf('queue')}/health`)).body
    const meshHealth = await getJson<{ status: string }>(`${mesh.url}/api/health`)

    assert.equal(refused.status, 429)
    assert.equal(refused.body.code, 'queue-full')
    assert.equal(refused.body.retryable, true)
    assert.equal(refused.body.detail, `${PROCESSING_QUEUE} holds ${LENGTH_MAX} messages, its limit`)
    assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    // What was taken before is not refused when it is sent again, but this is another body under its id.
    assert.equal(again.status, 409)
    assert.equal(status, 200)
    assert.equal(answer.success, true)
    assert.equal(answer.message_id, null)
    assert.match(answer.warnings.join(), /not enqueued: processing\.jobs holds 2 messages, its limit/)
    assert.equal((await getJson<RequestStatus>(`${mesh.url}/api/requests/${answer.request_id}`)).status, 404)
    assert.equal(health.status, 'degraded')
    assert.match(health.checks.queues.detail, /2 ready, 1 in flight, 0 dead, filling, 2 may wait/)
    assert.deepEqual([meshHealth.status, meshHealth.body.status], [200, 'degraded'])

    processing.passTo(mesh.urlOf('processing'))
    release({ request_id: held.request_id, stored: true })
    for (const { request_id } of waiting) await processed(mesh.url, request_id)
    const next = (await ask(mesh.url)).body
    assert.equal(next.message_id, next.request_id)
    assert.deepEqual(next.warnings, [])
    await processed(mesh.url, next.request_id)
    assert.equal((await readQueue()).dead_letters, 0)
  })
})
