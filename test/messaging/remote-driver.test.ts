import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createHttpClient } from '#shared/http'
import {
  type ClaimableDriver,
  createMemoryDriver,
  createRemoteDriver,
  createSqliteDriver,
} from '#shared/messaging'
import { aMessage, messages } from '../../shared/messaging/testing/a-message'
import { Inbox } from '../../shared/messaging/testing/inbox'
import { ManualClock } from '../../shared/messaging/testing/manual-clock'
import { waitUntil } from '../../shared/messaging/testing/wait-until'
import { temporaryFolder } from '../../shared/sqlite/testing/temporary-folder'
import { freePorts } from '../support/free-ports'
import {
  startWorkerApiServer,
  type WorkerApiServer,
  type WorkerApiServerOptions,
} from '../support/worker-api-server'

const QUEUE = 'remote.jobs'
const NO_TOPOLOGY = { queues: [], exchanges: [], bindings: [], retryDelaysMs: [] }

/** A queue service that can go away and come back on its port, and a remote driver of it. */
async function start(t: TestContext, options: Partial<WorkerApiServerOptions> = {}) {
  const [port] = await freePorts(1)
  const clock = new ManualClock()
  const log: string[] = []
  const note = (level: string) => (_fields: object, message: string) => log.push(`${level}: ${message}`)
  const http = createHttpClient({
    service: 'queue_service',
    baseUrl: `http://127.0.0.1:${port}`,
    timeoutMs: 60_000,
    socketsMax: 16,
  })
  const logger = { info: note('info'), warn: note('warn'), error: note('error') }
  const driver = createRemoteDriver({ http, system: 'memory', clock, logger })
  const servers: WorkerApiServer[] = []
  const serve = async (keeper: ClaimableDriver) => {
    const server = await startWorkerApiServer({
      driver: keeper,
      clock,
      topology: NO_TOPOLOGY,
      port: port as number,
      ...options,
    })
    servers.push(server)
    return server
  }
  t.after(async () => {
    await driver.close()
    for (const server of servers) await server.close()
  })
  /** Lets time pass until something that is retried by the clock has happened. */
  const eventually = (what: string, condition: () => boolean | Promise<boolean>) =>
    waitUntil(what, async () => {
      clock.advance(100)
      return condition()
    })
  return { driver, clock, log, serve, eventually, port }
}

function aKeeper(t: TestContext, clock: ManualClock): ClaimableDriver {
  const keeper = createMemoryDriver({ clock })
  t.after(() => keeper.close())
  return keeper
}

test('starts without the queue service, and takes up work once that is there', async (t) => {
  const { driver, clock, log, serve, eventually } = await start(t)
  const inbox = await Inbox.open(driver, QUEUE)
  await waitUntil('it has noticed', () => driver.connection().state === 'disconnected')
  await assert.rejects(driver.send(QUEUE, aMessage()), { code: 'service-unavailable' })
  await eventually('it has asked often', () => clock.elapsed() > 60_000)

  const keeper = aKeeper(t, clock)
  await serve(keeper)
  await keeper.send(QUEUE, aMessage({ id: 'm1' }))
  await eventually('it is delivered', () => inbox.deliveries.length === 1)

  assert.deepEqual(driver.connection(), { state: 'connected' })
  assert.deepEqual(log, ['warn: queue service cannot be reached', 'info: queue service is reached again'])
  assert.deepEqual(inbox.errors, [])
})

test('asks less and less often while the queue service is away', async (t) => {
  const { driver, clock } = await start(t)
  const inbox = await Inbox.open(driver, QUEUE)
  const waits: number[] = []
  for (let asked = 0; asked < 8; asked++) {
    await waitUntil('it waits to ask again', () => clock.pending === 1)
    const before = clock.elapsed()
    while (clock.pending === 1) clock.advance(50)
    waits.push(clock.elapsed() - before)
  }
  await inbox.stop()

  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
})

test('what finds the queue service away is settled when it is back, while the lease may stand', async (t) => {
  const { driver, clock, serve, eventually } = await start(t)
  const keeper = aKeeper(t, clock)
  const server = await serve(keeper)
  const inbox = await Inbox.open(driver, QUEUE, { leaseMs: 30_000 })
  for (const id of ['acked', 'nacked', 'extended']) await driver.send(QUEUE, aMessage({ id }))
  const [acked, nacked, extended] = await inbox.take(3)
  await server.close()

  const settlements = Promise.all([acked?.ack(), nacked?.nack({ delayMs: 60_000 }), extended?.extend(30_000)])
  await eventually('it has been tried in vain', () => driver.connection().state === 'disconnected')
  await server.reopen()
  await eventually('it is back', () => driver.connection().state === 'connected')

  assert.deepEqual(await settlements, ['settled', 'settled', 'settled'])
  assert.equal((await keeper.lookup('acked'))?.state, 'done')
  assert.equal((await keeper.lookup('nacked'))?.state, 'delayed')
})

test('what cannot be settled before its lease ends is stale, and frees its place', async (t) => {
  const { driver, clock, serve, eventually } = await start(t)
  const keeper = aKeeper(t, clock)
  const server = await serve(keeper)
  const inbox = await Inbox.open(driver, QUEUE, { leaseMs: 10_000, prefetch: 1 })
  await driver.send(QUEUE, aMessage({ id: 'm1' }))
  const delivery = await inbox.next()
  await server.close()

  const settlements: string[] = []
  for (const settling of [delivery.extend(10_000), delivery.ack()]) {
    void settling.then((settlement) => settlements.push(settlement))
  }
  await eventually('both are given up', () => settlements.length === 2)
  await serve(keeper)

  assert.deepEqual(settlements, ['stale', 'stale'])
  await eventually('it comes again', () => inbox.deliveries.length === 2)
  assert.equal(inbox.deliveries[1]?.attempt, 2)
})

test('a restart of the queue service costs neither an attempt nor the work that was done meanwhile', async (t) => {
  const { driver, clock, serve, eventually } = await start(t)
  const path = `${temporaryFolder(t)}/queue.db`
  const former = createSqliteDriver({ clock, path })
  const server = await serve(former)
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 5 })
  await Promise.all(messages(6).map((message) => driver.send(QUEUE, message)))
  const [extended, ...held] = await inbox.take(5)
  await server.close()
  await former.close()
  const late: string[] = []
  for (const delivery of held) void delivery.ack().then((settlement) => late.push(settlement))
  void extended?.extend(30_000).then((settlement) => late.push(settlement))

  const keeper = createSqliteDriver({ clock, path })
  t.after(() => keeper.close())
  await serve(keeper)
  await eventually('all are answered', () => late.length === 5)

  assert.deepEqual(late, Array(5).fill('settled'))
  const next = await inbox.next()
  assert.deepEqual([next.message.id, next.attempt, next.redelivered], ['message-6', 1, false])
  for (const delivery of [extended, next]) assert.equal(await delivery?.ack(), 'settled')
  assert.equal(inbox.deliveries.length, 6, 'none came twice')
  const { ready, inFlight } = await keeper.stats(QUEUE)
  assert.deepEqual({ ready, inFlight }, { ready: 0, inFlight: 0 })
})

test('a subscription that stops while messages come gives back what it does not deliver, uncounted', async (t) => {
  const { driver, clock, serve } = await start(t)
  const keeper = aKeeper(t, clock)
  await serve(keeper)
  for (let round = 0; round < 20; round++) {
    const inbox = await Inbox.open(driver, QUEUE, { prefetch: 3 })
    const sent = keeper.send(QUEUE, aMessage({ id: `m${round}` }))
    await inbox.stop()
    await sent
    for (const delivery of inbox.deliveries) await delivery.release()
    await waitUntil('nothing is held', async () => (await keeper.stats(QUEUE)).inFlight === 0)
  }

  const all = await Inbox.open(driver, QUEUE, { prefetch: 100 })
  await all.take(20)

  assert.deepEqual(
    all.deliveries.map(({ attempt }) => attempt),
    Array(20).fill(1),
  )
})

test('stopping ends a claim that waits at once, with no time passing', async (t) => {
  const { driver, clock, serve } = await start(t)
  const server = await serve(aKeeper(t, clock))
  const inbox = await Inbox.open(driver, QUEUE)
  await waitUntil('it waits', () => server.registry.ofQueue(QUEUE).length === 1)

  await inbox.stop()

  assert.equal(server.registry.ofQueue(QUEUE).length, 0)
})

test('a consumer that pauses is shown as one that will be back', async (t) => {
  const { driver, clock, serve } = await start(t)
  const server = await serve(aKeeper(t, clock))
  const options = { prefetch: 1, leaseMs: 1_000, onError: () => {} }
  const subscription = await driver.subscribe(QUEUE, options, () => {})
  await waitUntil('it waits', () => server.registry.ofQueue(QUEUE).length === 1)
  const until = clock.now() + 5_000

  await subscription.stop({ paused: { until, reason: 'x'.repeat(1_000) } })

  const [worker] = server.registry.ofQueue(QUEUE)
  assert.deepEqual(worker?.paused, { until, reason: 'x'.repeat(500) })
  assert.equal((await driver.stats(QUEUE)).consumers, 0)
})

test('a worker that is full says now and then that it is there', async (t) => {
  const { driver, clock, serve, eventually } = await start(t)
  const keeper = aKeeper(t, clock)
  const server = await serve(keeper)
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 1, leaseMs: 600_000 })
  await driver.send(QUEUE, aMessage())
  await inbox.next()

  await eventually('long has passed', () => clock.elapsed() > 120_000)

  assert.equal(server.registry.ofQueue(QUEUE).length, 1)
})

test('what is asked for in one turn is one call each for sending and settling', async (t) => {
  const { driver, clock, serve } = await start(t)
  const server = await serve(aKeeper(t, clock))
  const paths: string[] = []
  server.server.on('request', ({ url }: { url: string }) => paths.push(url))
  const inbox = await Inbox.open(driver, QUEUE, { prefetch: 100 })

  await Promise.all(messages(50).map((message) => driver.send(QUEUE, message)))
  const deliveries = await inbox.take(50)
  await Promise.all(deliveries.map((delivery) => delivery.ack()))

  assert.equal(paths.filter((path) => path.endsWith('/messages')).length, 1)
  assert.equal(paths.filter((path) => path.endsWith('/settle')).length, 1)
})

test('a message that is too large for the queue service fails alone', async (t) => {
  const { driver, clock, serve } = await start(t, { bodySizeMaxBytes: 1_000_000 })
  await serve(aKeeper(t, clock))
  const large = aMessage({ id: 'large', body: new Uint8Array(2_000_000) })

  const [first, second, third] = await Promise.allSettled([
    driver.send(QUEUE, aMessage({ id: 'm1' })),
    driver.send(QUEUE, large),
    driver.send(QUEUE, aMessage({ id: 'm2' })),
  ])

  assert.deepEqual([first?.status, second?.status, third?.status], ['fulfilled', 'rejected', 'fulfilled'])
  assert.equal((second as PromiseRejectedResult).reason.code, 'body-too-large')
})

test('purge and replay bring the token that operators have', async (t) => {
  const { clock, serve, port } = await start(t, { adminToken: 'correct-horse' })
  await serve(aKeeper(t, clock))
  const open = (adminToken?: string) => {
    const baseUrl = `http://127.0.0.1:${port}`
    const http = createHttpClient({ service: 'queue_service', baseUrl, timeoutMs: 60_000, socketsMax: 4 })
    const driver = createRemoteDriver({ http, system: 'memory', clock, adminToken })
    t.after(() => driver.close())
    return driver
  }

  assert.equal(await open('correct-horse').purge(QUEUE), 0)
  await assert.rejects(open('battery-staple').purge(QUEUE), { code: 'unauthorized' })
  await assert.rejects(open().replay(QUEUE, { limit: 1, headers: {} }), { code: 'unauthorized' })
})
