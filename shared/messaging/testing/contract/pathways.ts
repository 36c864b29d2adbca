import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { AppError } from '#shared/errors'
import { createPathwayGraph, PathwayRegistry, pathwayHash } from '#shared/pathways'
import { recordSpans } from '../../../sqlite/testing/record-spans'
import { createMessageBus } from '../../message-bus'
import type { Topology } from '../../topology'
import { waitUntil } from '../wait-until'
import { OTHER_QUEUE, PASS_QUEUE, QUEUE, RETRY_DELAY_MS } from './contract-topology'
import type { DriverUnderTest } from './harness'
import { assertDepths } from './steps'
import type { ContractSuite } from './suite'

const EVENTS = 'contract.events'

const WITH_EVENTS: Partial<Topology> = {
  exchanges: [{ name: EVENTS, type: 'topic' }],
  bindings: [OTHER_QUEUE, PASS_QUEUE].map((queue) => ({ exchange: EVENTS, pattern: '#', queue })),
}

const schema = z.object({ text: z.string() })

/** A bus of one service, and the checkpoints that its messages have passed. */
function aService(t: TestContext, service: string, { driver, now, elapsed }: DriverUnderTest) {
  const pathways = new PathwayRegistry({ nodesMax: 50 })
  const bus = createMessageBus({
    driver,
    // The leases of these tests need no timer.
    clock: { now, elapsed, schedule: () => () => {} },
    service,
    pathways,
    retryDelaysMs: [RETRY_DELAY_MS],
    leaseMs: 60_000,
  })
  t.after(() => bus.close(0))
  return { bus, pathways }
}

export function testPathways({ start }: ContractSuite): void {
  // What a handler publishes is on the way of its message by the context that a tracer keeps.
  recordSpans()

  test('a retry adds no hop, and after a dead letter and a replay the way goes on as one', async (t) => {
    const under = await start(t, WITH_EVENTS)
    const { driver, advance } = under
    const queue = aService(t, 'queue_service', under)
    const storage = aService(t, 'storage_service', under)
    const attempts: number[] = []
    await queue.bus.subscribe({
      queue: QUEUE,
      schema,
      handler: async (_body, { attempt, headers }) => {
        attempts.push(attempt)
        if (headers['x-replayed-from'] === undefined) {
          throw new AppError(attempt === 1 ? 'service-timeout' : 'invalid-request')
        }
        await queue.bus.publish({ exchange: EVENTS, routingKey: 'query.processed', body: { text: 'done' } })
      },
    })
    const received: string[] = []
    for (const name of [OTHER_QUEUE, PASS_QUEUE]) {
      await storage.bus.subscribe({
        queue: name,
        schema,
        handler: async () => void received.push(name),
      })
    }

    await queue.bus.publish({ queue: QUEUE, id: 'job', body: { text: 'hello' } })
    await waitUntil('it was tried', () => attempts.length === 1)
    await assertDepths(driver, { delayed: 1 })
    await advance(RETRY_DELAY_MS + 1)
    await assertDepths(driver, { deadLetters: 1 })
    const before = queue.pathways.snapshot().nodes
    await queue.bus.replay(QUEUE, { limit: 10 })
    await waitUntil('both have the event', () => received.length === 2)
    for (const name of [QUEUE, OTHER_QUEUE, PASS_QUEUE]) await assertDepths(driver, {}, name)
    // Who publishes counts it when it is confirmed, by which time others may have it.
    await waitUntil('the event was counted', () => queue.pathways.snapshot().nodes.length === 3)

    assert.deepEqual(attempts, [1, 2, 1])
    const sent = pathwayHash({ service: 'queue_service', direction: 'out', queue: QUEUE })
    const taken = pathwayHash({ service: 'queue_service', direction: 'in', queue: QUEUE }, sent)
    const published = pathwayHash({ service: 'queue_service', direction: 'out', queue: EVENTS }, taken)
    const counts = (nodes: typeof before) =>
      Object.fromEntries(nodes.map(({ hash, messages }) => [hash, messages]))
    assert.deepEqual(counts(before), { [sent]: 1, [taken]: 1 })
    assert.deepEqual(counts(queue.pathways.snapshot().nodes), { [sent]: 1, [taken]: 1, [published]: 1 })
    const graph = createPathwayGraph({
      // Two buses of this process stand for two processes.
      reports: [queue, storage].map(({ pathways }, index) => ({
        snapshots: [{ ...pathways.snapshot(), instance: String(index) }],
        queues: null,
      })),
      unanswered: [],
      generatedAt: new Date(),
    })
    assert.deepEqual(
      graph.paths.map(({ hashes, messages }) => ({ hashes: hashes.slice(0, -1), messages })),
      [OTHER_QUEUE, PASS_QUEUE].map(() => ({ hashes: [sent, taken, published], messages: 1 })),
    )
    assert.equal(graph.edges.length, graph.nodes.length - 1, 'one root, from which everything is reached')
    for (const { latency } of graph.paths) {
      assert.ok((latency?.max_ms ?? 0) >= RETRY_DELAY_MS, 'the whole way took as long as the retry')
    }
  })
}
