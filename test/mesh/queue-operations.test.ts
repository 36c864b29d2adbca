import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { DeadLetterPageReport, MessageStatus, Purged, QueueReport, Replayed } from '#shared/contracts'
import type { Problem } from '#shared/errors'
import { getJson, postJson } from '../support/ask'
import { eventually } from '../support/eventually'
import { type FaultyService, startFaultyService } from '../support/faulty-service'
import { aJob } from '../support/jobs'
import { type Mesh, startMesh } from '../support/mesh'

const QUEUE = 'processing.jobs'
const TOKEN = 'only-operators-know-this'

describe('the operations of the queue service', () => {
  let processing: FaultyService
  let mesh: Mesh | undefined

  beforeEach(async () => {
    processing = await startFaultyService()
  })

  afterEach(async () => {
    await mesh?.stop()
    mesh = undefined
    await processing.close()
  })

  async function startQueue(env: Record<string, string> = {}): Promise<void> {
    mesh = await startMesh({
      services: ['queue'],
      env: { PROCESSING_SERVICE_URL: processing.url, RETRY_DELAYS_MS: '20', ...env },
    })
  }

  const urlOf = (path: string) => `${mesh?.urlOf('queue')}${path}`
  const read = <Body>(path: string) => getJson<Body>(urlOf(path))
  const change = <Body = Problem>(path: string, body: unknown, headers?: Record<string, string>) =>
    postJson<Body>(urlOf(path), body, headers)
  const readQueue = async () => (await read<QueueReport>(`/queues/${QUEUE}`)).body

  const enqueue = async (id: string) => {
    const { status } = await change('/enqueue', { payload: aJob(id) })
    assert.equal(status, 202)
  }

  /** Dead letters of one queue, made one after the other so that their order is known. */
  async function giveUp(...ids: string[]): Promise<void> {
    for (const id of ids) {
      await enqueue(id)
      await eventually(`${id} is given up`, async () => {
        const { body } = await read<MessageStatus>(`/status/${id}`)
        return body.status === 'failed'
      })
    }
  }

  test('GET /queues tells of every queue, its rates and its limits', async () => {
    await startQueue({ QUEUE_LENGTH_MAX: '50', QUEUE_TTL_MS: '600000', QUEUE_PRIORITIES: 'true' })
    processing.failWith('query-invalid', 'no such field')
    await giveUp('r-1')
    processing.failWith('bad-gateway', 'not now')
    await giveUp('r-2')

    const { status, body } = await read<{ driver: string; queues: QueueReport[] }>('/queues')

    assert.equal(status, 200)
    assert.equal(body.driver, 'sqlite')
    assert.deepEqual(body.queues.map(({ name }) => name).sort(), [
      'chat_requests',
      'chat_responses',
      'events.analytics',
      'events.storage',
      QUEUE,
    ])
    const report = body.queues.find(({ name }) => name === QUEUE)
    assert.ok(report !== undefined)
    const { rates, ...rest } = report
    assert.deepEqual(rest, {
      name: QUEUE,
      ready: 0,
      delayed: 0,
      in_flight: 0,
      consumers: 1,
      paused_consumers: [],
      oldest_age_ms: null,
      dead_letters: 2,
      dead_letter_queue: `${QUEUE}.dlq`,
      limits: { length_max: 50, ttl_ms: 600_000, priorities: true },
    })
    const totals = Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate?.total]))
    assert.deepEqual(totals, { published: 2, delivered: 3, acked: 0, retried: 1, dead_lettered: 2 })
    assert.ok(rates.published.per_second > 0 && rates.published.per_second <= 2)
    assert.deepEqual(await readQueue().then(({ limits }) => limits), rest.limits)
  })

  test('GET /queues/:name/dead-letters shows what was given up and why, page by page', async () => {
    await startQueue()
    processing.failWith('query-invalid', 'no such field')
    await giveUp('r-1', 'r-2', 'r-3')

    const { status, body: first } = await read<DeadLetterPageReport>(`/queues/${QUEUE}/dead-letters?limit=2`)
    const { body: second } = await read<DeadLetterPageReport>(
      `/queues/${QUEUE}/dead-letters?limit=2&after=${encodeURIComponent(first.next ?? '')}`,
    )

    assert.equal(status, 200)
    assert.deepEqual(
      [first, second].map(({ dead_letters }) => dead_letters.map(({ message_id }) => message_id)),
      [['r-1', 'r-2'], ['r-3']],
    )
    assert.equal(second.next, null)
    const [letter] = first.dead_letters
    assert.ok(letter !== undefined)
    assert.equal(letter.reason, 'not-retryable')
    assert.equal(letter.code, 'query-invalid')
    assert.equal(letter.detail, 'no such field')
    assert.equal(letter.attempts, 1)
    assert.match(letter.trace_id ?? '', /^[0-9a-f]{32}$/)
    assert.ok(letter.headers.traceparent?.includes(letter.trace_id ?? ''))
    assert.ok(Date.parse(letter.dead_at) >= Date.parse(letter.enqueued_at))
    assert.deepEqual(letter.body, { ...aJob('r-1'), attempt: 1 })
    assert.equal(letter.body_base64, null)
    assert.equal(letter.truncated, false)
  })

  test('a body that is too long to show is cut, and that is said', async () => {
    await startQueue({ DEAD_LETTER_BODY_BYTES_MAX: '40' })
    processing.failWith('query-invalid', 'no such field')
    await giveUp('r-1')

    const { body } = await read<DeadLetterPageReport>(`/queues/${QUEUE}/dead-letters`)

    const [letter] = body.dead_letters
    assert.ok(letter !== undefined)
    const whole = JSON.stringify({ ...aJob('r-1'), attempt: 1 })
    assert.equal(letter.body, null)
    assert.equal(Buffer.from(letter.body_base64 ?? '', 'base64').toString(), whole.slice(0, 40))
    assert.deepEqual([letter.body_bytes, letter.truncated], [whole.length, true])
  })

  test('POST /queues/:name/replay puts back those that are named, or the oldest up to a limit', async () => {
    await startQueue()
    processing.failWith('query-invalid', 'no such field')
    await giveUp('r-1', 'r-2', 'r-3', 'r-4')
    processing.failWith('bad-gateway', 'not now')

    const named = await change<Replayed>(`/queues/${QUEUE}/replay`, { message_ids: ['r-3', 'nobody'] })
    const oldest = await change<Replayed>(`/queues/${QUEUE}/replay`, { limit: 1 })

    assert.equal(named.status, 200)
    assert.deepEqual(named.body.message_ids, ['r-3'])
    assert.deepEqual(named.body.not_replayed, ['nobody'])
    assert.deepEqual(oldest.body.message_ids, ['r-1'])
    await eventually('both are given up again', async () => (await readQueue()).dead_letters === 4)
    const { body } = await read<MessageStatus>('/status/r-3')
    // Counted anew: the first attempt after the replay, and the one retry.
    assert.deepEqual([body.status, body.attempts], ['failed', 2])
    const { body: page } = await read<DeadLetterPageReport>(`/queues/${QUEUE}/dead-letters`)
    const again = page.dead_letters.find(({ message_id }) => message_id === 'r-3')
    assert.equal(again?.reason, 'attempts-exhausted')
    assert.equal(again?.headers['x-replayed-from'], `${QUEUE}.dlq`)
  })

  test('POST /queues/:name/purge drops what waits and leaves what is held', async () => {
    await startQueue({ WORKER_CONCURRENCY: '1' })
    const release = processing.hold()
    for (const id of ['held', 'waits-1', 'waits-2']) await enqueue(id)
    const { ready, oldest_age_ms } = await eventually('the worker has the first', async () => {
      const queue = await readQueue()
      return queue.in_flight === 1 && queue
    })
    assert.equal(ready, 2)
    assert.ok(oldest_age_ms !== null && oldest_age_ms >= 0)

    const { status, body } = await change<Purged>(`/queues/${QUEUE}/purge`, {})

    assert.equal(status, 200)
    assert.deepEqual(body, { queue: QUEUE, dead_letters: false, purged: 2 })
    assert.equal((await read('/status/waits-1')).status, 404)
    release({ request_id: 'held', stored: true })
    await eventually('what was held is done', async () => {
      return (await read<MessageStatus>('/status/held')).body.status === 'processed'
    })
  })

  test('POST /queues/:name/purge drops the dead letters when told so, which the log keeps', async () => {
    await startQueue()
    processing.failWith('query-invalid', 'no such field')
    await giveUp('r-1', 'r-2')

    const waiting = await change<Purged>(`/queues/${QUEUE}/purge`, {})
    const dead = await change<Purged>(`/queues/${QUEUE}/purge`, { dead_letters: true })

    assert.deepEqual(waiting.body, { queue: QUEUE, dead_letters: false, purged: 0 })
    assert.deepEqual(dead.body, { queue: QUEUE, dead_letters: true, purged: 2 })
    assert.equal((await readQueue()).dead_letters, 0)
    await eventually('the log says so', () => /"purged":2,.*"queue purged"/.test(mesh?.output('queue') ?? ''))
  })

  describe('with an ADMIN_TOKEN', () => {
    for (const [path, body] of [
      [`/queues/${QUEUE}/purge`, { dead_letters: true }],
      [`/queues/${QUEUE}/replay`, {}],
    ] as const) {
      test(`POST ${path} is 401 without it, with a challenge, and changes nothing`, async () => {
        await startQueue({ ADMIN_TOKEN: TOKEN })
        processing.failWith('query-invalid', 'no such field')
        await giveUp('r-1')

        for (const [authorization, challenge] of [
          [undefined, 'Bearer realm="queue operations"'],
          [`Basic ${TOKEN}`, 'Bearer realm="queue operations"'],
          ['Bearer wrong', 'Bearer realm="queue operations", error="invalid_token"'],
          [`Bearer ${TOKEN}x`, 'Bearer realm="queue operations", error="invalid_token"'],
        ] as const) {
          const refused = await change(path, body, authorization === undefined ? {} : { authorization })
          assert.equal(refused.status, 401, authorization)
          assert.equal(refused.body.code, 'unauthorized')
          assert.equal(refused.headers.get('www-authenticate'), challenge)
          assert.ok(!JSON.stringify(refused.body).includes(TOKEN))
        }
        assert.equal((await readQueue()).dead_letters, 1)

        const taken = await change(path, body, { authorization: `bearer ${TOKEN}` })
        assert.equal(taken.status, 200)
      })
    }

    test('looking needs none', async () => {
      await startQueue({ ADMIN_TOKEN: TOKEN })

      for (const path of ['/queues', `/queues/${QUEUE}`, `/queues/${QUEUE}/dead-letters`]) {
        assert.equal((await read(path)).status, 200, path)
      }
    })
  })

  test('a service that is open to the network without a token says so at its start', async () => {
    const warning = /anybody who reaches this service may purge and replay queues; set ADMIN_TOKEN/
    await startQueue({ HOST: '0.0.0.0' })
    await eventually('it is said', () => warning.test(mesh?.output('queue') ?? ''))
    await mesh?.stop()

    const safe: Record<string, string>[] = [{ HOST: '0.0.0.0', ADMIN_TOKEN: TOKEN }, { HOST: 'localhost' }]
    for (const env of safe) {
      await startQueue(env)
      assert.doesNotMatch(mesh?.output('queue') ?? '', warning)
      await mesh?.stop()
    }
    mesh = undefined
  })

  test('what is asked wrongly is refused with what is wrong', async () => {
    await startQueue({ REPLAY_MESSAGES_MAX: '2', DEAD_LETTER_PAGE_MAX: '5' })
    const queue = `/queues/${QUEUE}`

    for (const [path, pointer] of [
      ['/queues/processing.jobs.dlq', '/name'],
      ['/queues/.hidden', '/name'],
      ['/queues/a%20b', '/name'],
      [`/queues/${'x'.repeat(200)}/dead-letters`, '/name'],
      [`${queue}/dead-letters?limit=0`, '/limit'],
      [`${queue}/dead-letters?limit=6`, '/limit'],
      [`${queue}/dead-letters?limit=two`, '/limit'],
      [`${queue}/dead-letters?after=`, '/after'],
      [`${queue}/dead-letters?after=yesterday`, '/after'],
    ] as const) {
      const { status, body } = await read<Problem>(path)
      assert.equal(status, 400, path)
      assert.deepEqual(
        body.errors?.map((error) => error.pointer),
        [pointer],
        path,
      )
    }
    for (const [path, body, pointer] of [
      [`${queue}/purge`, { dead_letters: 'yes' }, '/dead_letters'],
      ['/queues/processing.jobs.dlq/purge', {}, '/name'],
      [`${queue}/replay`, { limit: 3 }, '/limit'],
      [`${queue}/replay`, { limit: 0 }, '/limit'],
      [`${queue}/replay`, { message_ids: [] }, '/message_ids'],
      [`${queue}/replay`, { message_ids: ['a', 'b', 'c'] }, '/message_ids'],
      [`${queue}/replay`, { message_ids: ['a', 7] }, '/message_ids/1'],
    ] as const) {
      const refused = await change(path, body)
      assert.equal(refused.status, 400, `${path} ${JSON.stringify(body)}`)
      assert.deepEqual(
        refused.body.errors?.map((error) => error.pointer),
        [pointer],
        path,
      )
    }
    for (const path of ['/queues/nowhere', '/queues/nowhere/dead-letters']) {
      const { status, body } = await read<Problem>(path)
      assert.deepEqual([status, body.code], [404, 'queue-not-found'], path)
    }
    for (const path of ['/queues/nowhere/purge', '/queues/nowhere/replay']) {
      const { status, body } = await change(path, {})
      assert.deepEqual([status, body.code], [404, 'queue-not-found'], path)
    }
  })
})
