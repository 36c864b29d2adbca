import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { context } from '@opentelemetry/api'
import { z } from 'zod'
import type { PathwayNodeSnapshot } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { createPathwayGraph, type Direction, PathwayRegistry, pathwayHash } from '#shared/pathways'
import { encodePathway, PATHWAY_HEADER, type Pathway, pathwayOf, withPathway } from '#shared/telemetry'
import { recordSpans } from '../sqlite/testing/record-spans'
import { temporaryFolder } from '../sqlite/testing/temporary-folder'
import type { MessageDriver } from './driver'
import { createMemoryDriver } from './drivers/memory/memory-driver'
import { createSqliteDriver } from './drivers/sqlite/sqlite-driver'
import { createMessageBus, type MessageBus } from './message-bus'
import type { MessageHandler } from './message-consumer'
import { Inbox } from './testing/inbox'
import { ManualClock } from './testing/manual-clock'
import { waitUntil } from './testing/wait-until'

recordSpans()

const JOBS = 'pathways.jobs'
const EVENTS = 'pathways.events'
const STORAGE = 'pathways.events.storage'
const ANALYTICS = 'pathways.events.analytics'
const TOPOLOGY = {
  queues: [{ name: JOBS }, { name: STORAGE }, { name: ANALYTICS }],
  exchanges: [{ name: EVENTS, type: 'topic' }],
  bindings: [
    { exchange: EVENTS, pattern: '#', queue: STORAGE },
    { exchange: EVENTS, pattern: '#', queue: ANALYTICS },
  ],
  retryDelaysMs: [1_000],
} as const

const schema = z.object({ text: z.string() })
const job = { queue: JOBS, id: 'm1', body: { text: 'hello' } }
const event = { exchange: EVENTS, routingKey: 'query.processed', body: { text: 'done' } }

/** A bus of one service with the checkpoints that it has seen. */
function aService(t: TestContext, service: string, driver: MessageDriver, clock: ManualClock) {
  const pathways = new PathwayRegistry({ nodesMax: 50 })
  const bus = createMessageBus({ driver, clock, service, pathways, retryDelaysMs: [1_000], leaseMs: 30_000 })
  t.after(() => bus.close(0))
  return {
    bus,
    pathways,
    nodes: () => pathways.snapshot().nodes,
    /** The one checkpoint of a direction and a queue. */
    node: (direction: Direction, queue: string) =>
      only(pathways.snapshot().nodes.filter((node) => node.direction === direction && node.queue === queue)),
    consume: (queue: string, handler: MessageHandler<z.output<typeof schema>> = async () => {}) =>
      bus.subscribe({ queue, schema, handler }),
  }
}

function twoServices(t: TestContext) {
  const clock = new ManualClock()
  const driver = createMemoryDriver({ clock, topology: TOPOLOGY })
  const queue = aService(t, 'queue_service', driver, clock)
  const storage = aService(t, 'storage_service', driver, clock)
  return { clock, driver, queue, storage }
}

type Service = ReturnType<typeof aService>

function graphOf(...services: Service[]) {
  const reports = services.map(({ pathways }, index) => ({
    // Two buses of this process stand for two processes.
    snapshots: [{ ...pathways.snapshot(), instance: String(index) }],
    queues: null,
  }))
  return createPathwayGraph({ reports, unanswered: [], generatedAt: new Date() })
}

const isAcked = (bus: MessageBus, id: string) => async () => (await bus.status(id))?.state === 'processed'

function only(nodes: readonly PathwayNodeSnapshot[]): PathwayNodeSnapshot {
  assert.equal(nodes.length, 1)
  return nodes[0] as PathwayNodeSnapshot
}

test('from a queue over a handler that publishes to all who get the event, it is one connected graph', async (t) => {
  const { clock, queue, storage } = twoServices(t)
  await queue.consume(JOBS, async () => {
    clock.advance(20)
    await queue.bus.publish(event)
    clock.advance(7)
  })

  await queue.bus.publish(job)
  await waitUntil('the job is done', isAcked(queue.bus, 'm1'))
  await storage.consume(STORAGE)
  await storage.consume(ANALYTICS)
  await waitUntil('both have the event', () => storage.nodes().length === 2)

  const graph = graphOf(queue, storage)
  assert.deepEqual(
    graph.paths.map(({ steps }) => steps),
    [STORAGE, ANALYTICS].map((last) => [
      `queue_service → ${JOBS}`,
      `${JOBS} → queue_service`,
      `queue_service → ${EVENTS}`,
      `${last} → storage_service`,
    ]),
  )
  assert.equal(graph.edges.length, graph.nodes.length - 1)
  for (const path of graph.paths) assert.equal(path.latency?.max_ms, 27)
  assert.equal(queue.node('out', EVENTS).edge_latency?.max, 20)
})

test('what a handler publishes in a loop are siblings, not a chain', async (t) => {
  const { queue } = twoServices(t)
  await queue.consume(JOBS, async () => {
    for (let count = 0; count < 3; count++) await queue.bus.publish(event)
  })

  await queue.bus.publish(job)
  await waitUntil('the job is done', isAcked(queue.bus, 'm1'))

  const published = queue.nodes().filter((node) => node.queue === EVENTS)
  assert.equal(only(published).messages, 3)
})

test('a retry adds no hop, and what it publishes continues the same way', async (t) => {
  const { clock, queue } = twoServices(t)
  const seen: (Pathway | undefined)[] = []
  await queue.consume(JOBS, async () => {
    seen.push(pathwayOf(context.active()))
    if (seen.length === 1) throw new Error('a bad moment')
    await queue.bus.publish(event)
  })

  await queue.bus.publish(job)
  await waitUntil('it waits', async () => (await queue.bus.queueStats(JOBS)).delayed === 1)
  clock.advance(1_000)
  await waitUntil('the job is done', isAcked(queue.bus, 'm1'))

  const received = queue.node('in', JOBS)
  const published = queue.node('out', EVENTS)
  assert.equal(queue.nodes().length, 3)
  assert.deepEqual([queue.node('out', JOBS).messages, received.messages, published.messages], [1, 1, 1])
  assert.equal(received.edge_latency?.max, 0)
  assert.equal(published.parent, received.hash)
  // The way has taken as long as the retry; the edge is that of the attempt which published.
  assert.deepEqual([published.edge_latency?.max, published.pathway_latency?.max], [0, 1_000])
  assert.deepEqual(
    seen.map((pathway) => pathway?.hash),
    [received.hash, received.hash],
  )
})

test('what a drain gives back is not counted again', async (t) => {
  const { clock, driver, queue } = twoServices(t)
  const started = Promise.withResolvers<void>()
  const subscription = await queue.consume(JOBS, () => {
    started.resolve()
    return new Promise<void>(() => {})
  })
  await queue.bus.publish(job)
  await started.promise
  const draining = subscription.drain(0)
  await waitUntil('it is given back', async () => {
    clock.advance(250)
    return (await driver.stats(JOBS)).ready === 1
  })
  await draining

  await queue.consume(JOBS)
  await waitUntil('the job is done', isAcked(queue.bus, 'm1'))

  assert.deepEqual([queue.node('out', JOBS).messages, queue.node('in', JOBS).messages], [1, 1])
})

test('a dead letter that is replayed keeps its way and is not counted again', async (t) => {
  const { clock, queue } = twoServices(t)
  let isBroken = true
  await queue.consume(JOBS, async () => {
    if (isBroken) throw new AppError('invalid-request')
    await queue.bus.publish(event)
  })
  await queue.bus.publish(job)
  await waitUntil('it is given up', async () => (await queue.bus.queueStats(JOBS)).deadLetters === 1)

  isBroken = false
  clock.advance(3_600_000)
  await queue.bus.replay(JOBS, { limit: 10 })
  await waitUntil('the job is done', isAcked(queue.bus, 'm1'))

  const received = queue.node('in', JOBS)
  const published = queue.node('out', EVENTS)
  assert.equal(queue.nodes().length, 3)
  assert.deepEqual([queue.node('out', JOBS).messages, received.messages, published.messages], [1, 1, 1])
  assert.equal(published.parent, received.hash)
  assert.equal(published.pathway_latency?.max, 3_600_000)
})

test('sending a message again counts it once; one that is refused does not count', async (t) => {
  const { clock, queue } = twoServices(t)
  await queue.bus.publish(job)
  await queue.bus.publish(job)
  const full = aService(t, 'full', createMemoryDriver({ clock, queueLengthMax: 0 }), clock)

  await assert.rejects(full.bus.publish(job), { code: 'queue-full' })

  assert.equal(only(queue.nodes()).messages, 1)
  assert.deepEqual(full.nodes(), [])
})

test('a restart keeps the hashes and the way of what was waiting', async (t) => {
  const clock = new ManualClock()
  const path = `${temporaryFolder(t)}/queue.db`
  const open = () => createSqliteDriver({ path, clock, topology: TOPOLOGY })
  const before = aService(t, 'queue_service', open(), clock)
  await before.bus.publish(job)
  const sent = only(before.nodes())
  await before.bus.close(0)

  clock.advance(90)
  const after = aService(t, 'queue_service', open(), clock)
  await after.consume(JOBS)
  await waitUntil('the job is done', isAcked(after.bus, 'm1'))

  const received = only(after.nodes())
  assert.equal(received.parent, sent.hash)
  assert.equal(
    received.hash,
    pathwayHash({ service: 'queue_service', direction: 'in', queue: JOBS }, sent.hash),
  )
  assert.equal(received.edge_latency?.max, 90)
})

test('a message from elsewhere begins a pathway where it is received, whatever nonsense it carries', async (t) => {
  const { driver, queue } = twoServices(t)
  const message = {
    id: 'm1',
    body: Buffer.from('{"text":"x"}'),
    contentType: 'application/json',
    enqueuedAt: 0,
  }
  await driver.send(JOBS, { ...message, headers: { [PATHWAY_HEADER]: 'nonsense' } })

  await queue.consume(JOBS)
  await waitUntil('the job is done', isAcked(queue.bus, 'm1'))

  const received = only(queue.nodes())
  assert.equal(received.parent, null)
  assert.equal(received.edge_latency, null)
})

test('a message carries the pathway of its publish, not one that was given among its headers', async (t) => {
  const { clock, driver, queue } = twoServices(t)
  const forged = encodePathway({ hash: 'f'.repeat(16), originMs: 1, edgeStartMs: 1 })
  const active = { hash: '0123456789abcdef', originMs: clock.now() - 500, edgeStartMs: clock.now() - 5 }

  await context.with(withPathway(context.active(), active), () =>
    queue.bus.publish({ ...job, headers: { 'X-Mesh-Pathway': forged } }),
  )

  const { message } = await (await Inbox.open(driver, JOBS)).next()
  const hash = pathwayHash({ service: 'queue_service', direction: 'out', queue: JOBS }, active.hash)
  assert.deepEqual(
    Object.entries(message.headers).filter(([name]) => name.toLowerCase() === PATHWAY_HEADER),
    [[PATHWAY_HEADER, encodePathway({ hash, originMs: active.originMs, edgeStartMs: clock.now() })]],
  )
})
