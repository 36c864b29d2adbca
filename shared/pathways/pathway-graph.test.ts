import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PathwaySnapshot, pathwayGraphSchema, type QueueLag } from '#shared/contracts'
import type { Pathway } from '#shared/telemetry'
import { createPathwayGraph } from './pathway-graph'
import { type Place, pathwayHash } from './pathway-hash'
import { PathwayRegistry } from './pathway-registry'

const NOW = Date.parse('2026-03-12T10:20:00Z')
const GATEWAY = { service: 'gateway', direction: 'out', queue: 'jobs' } as const
const WORKER = { service: 'worker', direction: 'in', queue: 'jobs' } as const
const EVENTS = { service: 'worker', direction: 'out', queue: 'events' } as const
const STORAGE = { service: 'storage', direction: 'in', queue: 'events.storage' } as const
const ANALYTICS = { service: 'storage', direction: 'in', queue: 'events.analytics' } as const

/** A process that has seen the end of some ways, each step of which took `stepMs`. */
function aProcess(instance: string, ways: readonly (readonly Place[])[], stepMs = 10): PathwaySnapshot {
  const registry = new PathwayRegistry({ nodesMax: 20 })
  for (const way of ways) {
    let parent: Pathway | undefined
    for (const [step, place] of way.entries()) {
      const checkpoint = registry.checkpoint(place, parent, NOW + step * stepMs)
      // The steps before were seen by the processes of others.
      if (step === way.length - 1) checkpoint.record(100)
      parent = checkpoint.pathway
    }
  }
  return { ...registry.snapshot(), instance }
}

function graphOf(snapshots: readonly PathwaySnapshot[], queues: readonly QueueLag[] | null = null) {
  return pathwayGraphSchema.parse(
    createPathwayGraph({
      reports: snapshots.map((snapshot) => ({
        snapshots: [snapshot],
        queues: queues === null ? null : [...queues],
      })),
      unanswered: [],
      generatedAt: new Date(NOW),
    }),
  )
}

const gateway = aProcess('g', [[GATEWAY]])
const worker = (instance = 'w', stepMs = 10) =>
  aProcess(
    instance,
    [
      [GATEWAY, WORKER],
      [GATEWAY, WORKER, EVENTS],
    ],
    stepMs,
  )
const storage = aProcess('s', [
  [GATEWAY, WORKER, EVENTS, STORAGE],
  [GATEWAY, WORKER, EVENTS, ANALYTICS],
])

describe('the graph of several processes', () => {
  test('connects what each of them has seen, from each beginning to each end', () => {
    const graph = graphOf([gateway, worker(), storage])

    const jobs = pathwayHash(GATEWAY)
    const received = pathwayHash(WORKER, jobs)
    const published = pathwayHash(EVENTS, received)
    assert.deepEqual(
      graph.edges.map(({ from, to }) => [from, to]),
      [
        [jobs, received],
        [received, published],
        [published, pathwayHash(STORAGE, published)],
        [published, pathwayHash(ANALYTICS, published)],
      ],
    )
    assert.deepEqual(
      graph.paths.map(({ steps, latency }) => [steps.join(', '), latency?.p50_ms]),
      [
        ['gateway → jobs, jobs → worker, worker → events, events.storage → storage', 30],
        ['gateway → jobs, jobs → worker, worker → events, events.analytics → storage', 30],
      ],
    )
  })

  test('adds up what several instances of a service have seen of the same checkpoint', () => {
    const { nodes } = graphOf([gateway, worker('w1', 10), worker('w2', 90)])

    const received = nodes.find(({ direction }) => direction === 'in')
    assert.equal(nodes.length, 3)
    assert.deepEqual([received?.messages, received?.bytes], [2, 200])
    assert.equal(received?.edge_latency?.count, 2)
    assert.deepEqual([received?.edge_latency?.mean_ms, received?.edge_latency?.max_ms], [50, 90])
  })

  test('takes the latest of two reports of one instance', () => {
    const later = {
      ...aProcess('g', [[GATEWAY], [GATEWAY]]),
      taken_at: new Date(Date.now() + 1_000).toISOString(),
    }

    for (const snapshots of [
      [gateway, later],
      [later, gateway],
    ]) {
      const graph = graphOf(snapshots)
      assert.equal(graph.nodes[0]?.messages, 2)
      assert.equal(graph.instances.length, 1)
    }
  })

  test('begins where it is known: a node whose parent nobody tells of has no edge to it', () => {
    const graph = graphOf([storage])

    assert.deepEqual(graph.edges, [])
    assert.deepEqual(
      graph.paths.map(({ steps }) => steps),
      [['events.storage → storage'], ['events.analytics → storage']],
    )
  })

  test('ends, also when reports say that two checkpoints come after each other', () => {
    const [one, other] = ['1'.repeat(16), '2'.repeat(16)]
    const node = { ...(gateway.nodes[0] as PathwaySnapshot['nodes'][number]) }
    const circular = [
      { ...node, hash: one, parent: other },
      { ...node, hash: other, parent: one },
      { ...node, hash: '3'.repeat(16), parent: other },
    ]

    const graph = graphOf([{ ...gateway, nodes: circular }])

    assert.deepEqual(
      graph.paths.map(({ hashes }) => hashes),
      [[one, other, '3'.repeat(16)]],
    )
  })

  test('has the queues from whoever could tell, and the messages that found no room', () => {
    const lag = { name: 'jobs', depth: 3, oldest_age_ms: 250, in_flight: 1, dead_letters: 0 }
    const overflow = { messages: 5, bytes: 500, messages_per_s: 0.5, bytes_per_s: 50 }

    const graph = createPathwayGraph({
      reports: [
        { snapshots: [{ ...gateway, overflow }], queues: null },
        { snapshots: [{ ...storage, overflow }], queues: [lag] },
      ],
      unanswered: [{ service: 'worker', detail: 'ECONNREFUSED' }],
      generatedAt: new Date(NOW),
    })

    assert.deepEqual(graph.queues, [lag])
    assert.deepEqual(graph.overflow, { messages: 10, bytes: 1_000, messages_per_s: 1, bytes_per_s: 100 })
    assert.deepEqual(graph.unanswered, [{ service: 'worker', detail: 'ECONNREFUSED' }])
  })
})
