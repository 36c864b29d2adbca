import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import { claimedSchema, settledSchema } from '#shared/contracts'
import {
  type ClaimableDriver,
  createMemoryDriver,
  createSqliteDriver,
  type MessageDriver,
} from '#shared/messaging'
import { aMessage, messages } from '../../shared/messaging/testing/a-message'
import { ManualClock } from '../../shared/messaging/testing/manual-clock'
import { waitUntil } from '../../shared/messaging/testing/wait-until'
import { temporaryFolder } from '../../shared/sqlite/testing/temporary-folder'
import { postJson } from '../support/ask'
import { startWorkerApiServer, type WorkerApiServerOptions } from '../support/worker-api-server'

const QUEUE = 'api.jobs'
const CLAIM = `/queues/${QUEUE}/claim`
const NO_TOPOLOGY = { queues: [], exchanges: [], bindings: [], retryDelaysMs: [] }
const body = { worker: 'w-1', count: 10, lease_ms: 30_000, wait_ms: 0 }

interface Problem {
  readonly code: string
  readonly detail: string
  readonly errors?: readonly { readonly pointer: string }[]
}

async function start(t: TestContext, options: Partial<WorkerApiServerOptions> = {}) {
  const clock = new ManualClock()
  const driver = options.driver ?? createMemoryDriver({ clock })
  const server = await startWorkerApiServer({ driver, clock, topology: NO_TOPOLOGY, ...options })
  t.after(async () => {
    await server.close()
    await driver.close()
  })
  const post = (path: string, sent: unknown) => postJson<Problem>(`${server.url}${path}`, sent)
  const claim = async (changes: Partial<typeof body> = {}) =>
    claimedSchema.parse((await postJson(`${server.url}${CLAIM}`, { ...body, ...changes })).body)
  const settle = async (settlements: readonly object[]) =>
    settledSchema.parse((await postJson(`${server.url}/queues/settle`, { settlements })).body).results
  return { clock, driver, server, post, claim, settle }
}

/** A claim whose worker can be made to go away. */
function openClaim(url: string, changes: Partial<typeof body> = {}) {
  const sent = JSON.stringify({ ...body, wait_ms: 20_000, ...changes })
  const call = request(`${url}${CLAIM}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) },
  })
  call.on('error', () => {})
  call.end(sent)
  return call
}

const inFlight = async (driver: MessageDriver) => (await driver.stats(QUEUE)).inFlight

describe('POST /queues/:name/claim', () => {
  test('answers at once with what is there, each message as it was sent', async (t) => {
    const { driver, claim } = await start(t)
    const sent = aMessage({
      body: Uint8Array.of(0, 255, 10),
      headers: { 'x-kind': 'Zürich\n' },
      contentType: 'x/y',
    })
    await driver.send(QUEUE, sent)

    const { messages: claimed } = await claim()

    assert.deepEqual(claimed, [
      {
        sequence: claimed[0]?.sequence,
        delivery: 1,
        attempt: 1,
        message: {
          id: sent.id,
          body_base64: 'AP8K',
          headers: { 'x-kind': 'Zürich\n' },
          content_type: 'x/y',
          enqueued_at: sent.enqueuedAt,
        },
      },
    ])
  })

  test('waits for a message, and no longer than it may', async (t) => {
    const { driver, clock, claim } = await start(t, { limits: { waitMaxMs: 5_000 } })
    const first = claim({ wait_ms: 20_000 })
    await waitUntil('it waits', async () => clock.pending > 0)
    await driver.send(QUEUE, aMessage({ id: 'm1' }))
    assert.deepEqual(
      (await first).messages.map(({ message }) => message.id),
      ['m1'],
    )

    const second = claim({ wait_ms: 20_000 })
    await waitUntil('it waits', async () => clock.pending > 1)
    clock.advance(5_000)

    assert.deepEqual((await second).messages, [])
  })

  test('a worker that goes away while it waits gets nothing', async (t) => {
    const { driver, clock, server } = await start(t)
    const call = openClaim(server.url)
    await waitUntil('it waits', () => clock.pending > 0)

    call.destroy()
    await waitUntil('the wait is over', () => clock.pending === 0)
    await driver.send(QUEUE, aMessage())

    assert.deepEqual([await inFlight(driver), (await driver.stats(QUEUE)).ready], [0, 1])
  })

  test('what was leased for a worker that has gone is given back, the attempt not counted', async (t) => {
    const clock = new ManualClock()
    const driver = createMemoryDriver({ clock })
    const claiming = Promise.withResolvers<void>()
    const mayAnswer = Promise.withResolvers<void>()
    const claimInDriver = driver.claim.bind(driver)
    driver.claim = async (...args) => {
      const claimed = await claimInDriver(...args)
      claiming.resolve()
      await mayAnswer.promise
      return claimed
    }
    const { server, claim } = await start(t, { driver, clock })
    await Promise.all(messages(3).map((message) => driver.send(QUEUE, message)))
    const call = openClaim(server.url)
    await claiming.promise
    assert.equal(await inFlight(driver), 3)

    const gone = new Promise((resolve) => call.once('close', resolve))
    call.destroy()
    await gone
    // The server learns of it in a turn of its own; only then does it try to answer.
    await waitUntil('no connection is left', () => connectionsOf(server.server).then((count) => count === 0))
    mayAnswer.resolve()

    await waitUntil('they are given back', async () => (await inFlight(driver)) === 0)
    const again = await claim()
    assert.deepEqual(
      again.messages.map(({ attempt, delivery }) => [attempt, delivery]),
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    )
  })

  test('hands over no more than fits into an answer, but always one', async (t) => {
    const { driver, claim } = await start(t, { limits: { countMax: 4, bytesMax: 1_000 } })
    const sizes = [5_000, 400, 400, 400, 1, 1, 1, 1, 1]
    for (const size of sizes) await driver.send(QUEUE, aMessage({ body: new Uint8Array(size) }))
    const taken = async () =>
      (await claim()).messages.map(({ message }) => Buffer.from(message.body_base64, 'base64').byteLength)

    assert.deepEqual(
      [await taken(), await taken(), await taken(), await taken()],
      [[5_000], [400, 400], [400, 1, 1, 1], [1, 1]],
    )
  })

  test('a worker that claims again has given up its claim before', async (t) => {
    const { driver, clock, claim } = await start(t)
    const former = claim({ wait_ms: 20_000 })
    await waitUntil('it waits', () => clock.pending > 0)

    const latter = claim({ wait_ms: 20_000 })
    assert.deepEqual((await former).messages, [])
    await driver.send(QUEUE, aMessage({ id: 'm1' }))

    assert.equal((await latter).messages.length, 1)
  })

  test('ends at once when the worker says so, or the service stops, and refuses then', async (t) => {
    const { clock, server, post, claim } = await start(t)
    const ended = claim({ wait_ms: 20_000 })
    await waitUntil('it waits', () => clock.pending > 0)
    await post(`${CLAIM}/end`, { worker: body.worker })
    assert.deepEqual((await ended).messages, [])

    const stopped = claim({ wait_ms: 20_000 })
    await waitUntil('it waits', () => clock.pending > 0)
    server.stop()
    assert.deepEqual((await stopped).messages, [])

    const { status, body: problem } = await post(CLAIM, body)
    assert.deepEqual([status, problem.code], [503, 'shutting-down'])
  })

  test('says what is wrong with a claim', async (t) => {
    const { post } = await start(t, { limits: { leaseMaxMs: 60_000 } })
    const pointerOf = async (changes: object) => {
      const { status, body: problem } = await post(CLAIM, { ...body, ...changes })
      return [status, problem.code, problem.errors?.[0]?.pointer]
    }

    assert.deepEqual(await pointerOf({ worker: 'two words' }), [400, 'invalid-request', '/worker'])
    assert.deepEqual(await pointerOf({ count: -1 }), [400, 'invalid-request', '/count'])
    assert.deepEqual(await pointerOf({ lease_ms: 0 }), [400, 'invalid-request', '/lease_ms'])
    assert.deepEqual(await pointerOf({ lease_ms: 60_001 }), [400, 'invalid-request', '/lease_ms'])
    assert.deepEqual(await pointerOf({ wait_ms: 'long' }), [400, 'invalid-request', '/wait_ms'])
    const { status } = await post('/queues/no%20name/claim', body)
    assert.equal(status, 400)
  })

  test('refuses more claims that wait than it may have', async (t) => {
    const { server, clock, post } = await start(t, { limits: { waitingMax: 2 } })
    const calls = [openClaim(server.url, { worker: 'w-1' }), openClaim(server.url, { worker: 'w-2' })]
    await waitUntil('both wait', () => clock.pending === 2)

    const { status, headers, body: problem } = await post(CLAIM, { ...body, worker: 'w-3' })

    assert.deepEqual([status, problem.code, headers.get('retry-after')], [429, 'rate-limited', '1'])
    for (const call of calls) call.destroy()
    await waitUntil('none waits', () => clock.pending === 0)
    assert.equal((await post(CLAIM, { ...body, worker: 'w-3' })).status, 200)
  })

  test('a worker is one of the consumers until it leaves, pauses or falls silent', async (t) => {
    const { clock, server, post, claim } = await start(t)
    const workers = () => server.registry.ofQueue(QUEUE).map(({ worker, paused }) => [worker, paused?.reason])
    await claim({ worker: 'leaves' })
    await claim({ worker: 'pauses' })
    await claim({ worker: 'dies' })
    assert.deepEqual(workers(), [
      ['leaves', undefined],
      ['pauses', undefined],
      ['dies', undefined],
    ])

    await post(`${CLAIM}/end`, { worker: 'leaves' })
    const until = clock.now() + 60_000
    await post(`${CLAIM}/end`, { worker: 'pauses', paused: { until, reason: 'away' } })
    assert.deepEqual(workers(), [
      ['dies', undefined],
      ['pauses', 'away'],
    ])
    clock.advance(30_000)
    assert.deepEqual(workers(), [['pauses', 'away']])
    await claim({ worker: 'pauses' })

    assert.deepEqual(workers(), [['pauses', undefined]])
  })

  test('a worker with a wrong clock is not taken for one that pauses for years', async (t) => {
    const { clock, server, post } = await start(t)
    const pause = (until: number) =>
      post(`${CLAIM}/end`, { worker: 'w-1', paused: { until, reason: 'away' } })

    const { status, body: problem } = await pause(8.64e15 + 1)
    assert.deepEqual([status, problem.errors?.[0]?.pointer], [400, '/paused/until'])
    await pause(clock.now() + 365 * 86_400_000)
    assert.equal(server.registry.ofQueue(QUEUE).length, 1)
    clock.advance(2 * 3_600_000)

    assert.deepEqual(server.registry.ofQueue(QUEUE), [])
  })
})

describe('POST /queues/settle', () => {
  test('settles each by itself and tells what became of it', async (t) => {
    const { driver, claim, settle } = await start(t)
    await Promise.all(messages(5).map((message) => driver.send(QUEUE, message)))
    const { owner, messages: claimed } = await claim()
    const lease = (index: number) => {
      const { sequence, delivery } = claimed[index] ?? assert.fail()
      return { owner, queue: QUEUE, sequence, delivery }
    }
    const cause = { reason: 'not-retryable', code: 'query-invalid', detail: 'no such command' }
    const settlements = [
      { ...lease(0), action: 'ack' },
      { ...lease(1), action: 'nack', delay_ms: 60_000 },
      { ...lease(2), action: 'release' },
      { ...lease(3), action: 'dead-letter', cause },
      { ...lease(4), action: 'extend', lease_ms: 60_000 },
      { ...lease(0), action: 'ack' },
    ]

    const outcomes = (await settle(settlements)).map(({ outcome }) => outcome)

    assert.deepEqual(outcomes, ['settled', 'settled', 'settled', 'settled', 'settled', 'stale'])
    const { ready, delayed, inFlight: held, deadLetters } = await driver.stats(QUEUE)
    assert.deepEqual({ ready, delayed, held, deadLetters }, { ready: 1, delayed: 1, held: 1, deadLetters: 1 })
  })

  test('extends no lease beyond what a claim may ask for, and settles what came with it', async (t) => {
    const { clock, driver, claim, settle } = await start(t, { limits: { leaseMaxMs: 60_000 } })
    await Promise.all(messages(2).map((message) => driver.send(QUEUE, message)))
    const { owner, messages: claimed } = await claim()
    const [first, second] = claimed.map(({ sequence, delivery }) => ({
      owner,
      queue: QUEUE,
      sequence,
      delivery,
    }))

    const results = await settle([
      { ...first, action: 'extend', lease_ms: 60_001 },
      { ...second, action: 'ack' },
    ])

    assert.deepEqual(results, [
      { outcome: 'error', code: 'invalid-request', detail: '/lease_ms: expected at most 60000 ms' },
      { outcome: 'settled' },
    ])
    clock.advance(body.lease_ms)
    assert.equal(await inFlight(driver), 0, 'the lease ends when it was to end')
  })

  test('tells of one that fails without keeping the others from being settled', async (t) => {
    const clock = new ManualClock()
    const driver = createMemoryDriver({ clock })
    const { claim, settle } = await start(t, { driver, clock })
    await Promise.all(messages(2).map((message) => driver.send(QUEUE, message)))
    const { owner, messages: claimed } = await claim()
    const settleInDriver = driver.settle.bind(driver)
    driver.settle = async (lease, settlement) => {
      if (lease.sequence === claimed[0]?.sequence) throw new Error('the disk is gone')
      return settleInDriver(lease, settlement)
    }

    const results = await settle(
      claimed.map(({ sequence, delivery }) => ({ owner, queue: QUEUE, sequence, delivery, action: 'ack' })),
    )

    assert.deepEqual(results, [
      { outcome: 'error', code: 'internal-error', detail: null },
      { outcome: 'settled' },
    ])
  })

  /** Claims a message, restarts, and settles it then. */
  async function settleAfterRestart(t: TestContext, open: (clock: ManualClock) => ClaimableDriver) {
    const clock = new ManualClock()
    const formerDriver = open(clock)
    const before = await startWorkerApiServer({ driver: formerDriver, clock, topology: NO_TOPOLOGY })
    await postJson(`${before.url}/queues/${QUEUE}/messages`, {
      messages: [{ id: 'm1', body_base64: '', headers: {}, content_type: 'x', enqueued_at: 1 }],
    })
    const claim = async (url: string) => claimedSchema.parse((await postJson(`${url}${CLAIM}`, body)).body)
    const { owner, messages: old } = await claim(before.url)
    await before.close()
    await formerDriver.close()

    const driver = open(clock)
    const after = await startWorkerApiServer({ driver, clock, topology: NO_TOPOLOGY })
    t.after(() => after.close().then(() => driver.close()))
    await driver.send(QUEUE, aMessage({ id: 'm1', body: Buffer.of() }))
    const { messages: current } = await claim(after.url)
    const { sequence, delivery } = old[0] ?? assert.fail()
    const settlement = { owner, queue: QUEUE, sequence, delivery, action: 'ack' }
    const { body: late } = await postJson(`${after.url}/queues/settle`, { settlements: [settlement] })
    return { driver, late, current }
  }

  test('settles a lease from before a restart', async (t) => {
    const path = `${temporaryFolder(t)}/queue.db`

    const { driver, late, current } = await settleAfterRestart(t, (clock) =>
      createSqliteDriver({ clock, path }),
    )

    assert.deepEqual(current, [], 'nobody else gets it meanwhile')
    assert.deepEqual(late, { results: [{ outcome: 'settled' }] })
    assert.equal((await driver.lookup('m1'))?.state, 'done')
  })

  test('a lease from before is stale where numbers are given anew', async (t) => {
    const { driver, late, current } = await settleAfterRestart(t, (clock) => createMemoryDriver({ clock }))

    assert.equal(current.length, 1)
    assert.deepEqual(late, { results: [{ outcome: 'stale' }] })
    assert.equal(await inFlight(driver), 1, 'the message is with its present holder')
  })

  test('says what is wrong with a settlement, and has a limit', async (t) => {
    const { post } = await start(t, { limits: { stepsMax: 2 } })
    const settlement = { owner: 'o', queue: QUEUE, sequence: 1, delivery: 1, action: 'ack' }
    const pointerOf = async (settlements: readonly object[]) => {
      const { status, body: problem } = await post('/queues/settle', { settlements })
      return [status, problem.errors?.[0]?.pointer]
    }

    assert.deepEqual(await pointerOf([]), [400, '/settlements'])
    assert.deepEqual(await pointerOf([settlement, settlement, settlement]), [400, '/settlements'])
    assert.deepEqual(await pointerOf([{ ...settlement, action: 'burn' }]), [400, '/settlements/0/action'])
    assert.deepEqual(await pointerOf([{ ...settlement, action: 'nack' }]), [400, '/settlements/0/delay_ms'])
  })
})

test('a message has a time that the queue can keep and people can be shown', async (t) => {
  const { driver, post } = await start(t)
  const message = { id: 'm1', body_base64: '', headers: {}, content_type: 'x' }
  const pointersOf = async (path: string, toItem: (message: object) => object) => {
    const answers = [1.5, -1, 8.64e15 + 1].map((enqueued_at) =>
      post(path, { messages: [toItem({ ...message, enqueued_at })] }),
    )
    return (await Promise.all(answers)).map(({ status, body: problem }) => [
      status,
      problem.errors?.[0]?.pointer,
    ])
  }

  assert.deepEqual(
    await pointersOf(`/queues/${QUEUE}/messages`, (sent) => sent),
    Array(3).fill([400, '/messages/0/enqueued_at']),
  )
  assert.deepEqual(
    await pointersOf('/exchanges/events/messages', (sent) => ({ routing_key: 'x', message: sent })),
    Array(3).fill([400, '/messages/0/message/enqueued_at']),
  )
  assert.equal((await driver.stats(QUEUE)).ready, 0)
})

test('dead letters are for operators: no worker takes, settles or adds one', async (t) => {
  const { driver, post, claim, settle } = await start(t)
  await driver.send(QUEUE, aMessage({ id: 'dead' }))
  const { owner, messages: claimed } = await claim()
  const { sequence, delivery } = claimed[0] ?? assert.fail()
  const cause = { reason: 'not-retryable', code: 'query-invalid', detail: 'no such command' }
  await settle([{ owner, queue: QUEUE, sequence, delivery, action: 'dead-letter', cause }])
  const queue = `${QUEUE}.dlq`
  const lease = { owner, sequence: sequence + 1, delivery: 1, action: 'ack' }
  const sent = { id: 'm1', body_base64: '', headers: {}, content_type: 'x', enqueued_at: 1 }

  for (const [path, asked, pointer] of [
    [`/queues/${queue}/claim`, body, '/name'],
    [`/queues/${queue}/claim/end`, { worker: 'w-1' }, '/name'],
    [`/queues/${queue}/messages`, { messages: [sent] }, '/name'],
    [
      '/queues/settle',
      {
        settlements: [
          { ...lease, queue: QUEUE },
          { ...lease, queue },
        ],
      },
      '/settlements/1/queue',
    ],
  ] as const) {
    const { status, body: problem } = await post(path, asked)
    assert.deepEqual([status, problem.errors?.[0]?.pointer], [400, pointer], path)
    assert.match(problem.detail, /found the queue of its dead letters/, path)
  }
  assert.equal((await driver.stats(QUEUE)).deadLetters, 1)
})

test('a broker’s messages are not handed over by HTTP, and the answer says where to get them', async (t) => {
  const driver = { system: 'rabbitmq', close: async () => {} } as unknown as MessageDriver
  const { post } = await start(t, { driver })

  for (const path of [
    '/queues/settle',
    CLAIM,
    `${CLAIM}/end`,
    `/queues/${QUEUE}/messages`,
    '/exchanges/e/messages',
  ]) {
    const { status, body: problem } = await post(path, body)
    assert.deepEqual([status, problem.code], [409, 'claims-not-offered'], path)
    assert.match(problem.detail, /rabbitmq.*QUEUE_URL/)
  }
})

function connectionsOf(server: { getConnections(done: (error: Error | null, count: number) => void): void }) {
  return new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
}
