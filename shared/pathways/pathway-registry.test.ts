import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathwaySnapshotSchema } from '#shared/contracts'
import { pathwayHash } from './pathway-hash'
import { PathwayRegistry } from './pathway-registry'

const NOW = Date.parse('2026-03-12T10:20:00Z')
const SENT = { service: 'sender', direction: 'out', queue: 'jobs' } as const
const RECEIVED = { service: 'receiver', direction: 'in', queue: 'jobs' } as const

function aRegistry(nodesMax = 10) {
  const time = { elapsedMs: 0 }
  const registry = new PathwayRegistry({ nodesMax, elapsed: () => time.elapsedMs })
  return { registry, time, nodes: () => pathwaySnapshotSchema.parse(registry.snapshot()).nodes }
}

test('a pathway keeps its origin, and each checkpoint begins a new edge', () => {
  const { registry } = aRegistry()

  const sent = registry.checkpoint(SENT, undefined, NOW).pathway
  const received = registry.checkpoint(RECEIVED, sent, NOW + 30).pathway

  assert.deepEqual(sent, { hash: pathwayHash(SENT), originMs: NOW, edgeStartMs: NOW })
  const hash = pathwayHash(RECEIVED, sent.hash)
  assert.deepEqual(received, { hash, originMs: NOW, edgeStartMs: NOW + 30 })
})

test('what passed is counted, with its bytes, and the time since the checkpoint before and the first', () => {
  const { registry, nodes } = aRegistry()
  for (const [waitMs, bytes] of [
    [30, 100],
    [40, 300],
  ] as const) {
    const sent = registry.checkpoint(SENT, undefined, NOW)
    sent.record(bytes)
    const received = registry.checkpoint(RECEIVED, sent.pathway, NOW + waitMs)
    received.record(bytes)
    registry.checkpoint({ ...SENT, queue: 'results' }, received.pathway, NOW + waitMs + 5).record(9)
  }

  const [sent, received, results] = nodes()
  assert.equal(sent?.parent, null)
  assert.deepEqual([sent?.messages, sent?.bytes], [2, 400])
  assert.deepEqual([sent?.edge_latency, sent?.pathway_latency], [null, null])
  assert.equal(received?.parent, sent?.hash)
  assert.equal(received?.edge_latency?.sum, 70)
  assert.equal(received?.pathway_latency?.sum, 70)
  assert.equal(results?.edge_latency?.sum, 10)
  assert.equal(results?.pathway_latency?.sum, 80)
  assert.deepEqual([results?.messages, results?.bytes, results?.messages_per_s], [2, 18, 2])
})

test('a checkpoint that is not recorded leaves nothing', () => {
  const { registry, nodes } = aRegistry()

  registry.checkpoint(SENT, undefined, NOW)

  assert.deepEqual(nodes(), [])
})

test('a time before the one before is the clock of another host: no time, and counted', () => {
  const { registry, nodes } = aRegistry()
  const ahead = { hash: pathwayHash(SENT), originMs: NOW - 500, edgeStartMs: NOW + 200 }

  registry.checkpoint(RECEIVED, ahead, NOW).record(1)

  const [received] = nodes()
  assert.equal(received?.clock_skews, 1)
  assert.deepEqual([received?.edge_latency?.zeros, received?.edge_latency?.sum], [1, 0])
  assert.equal(received?.pathway_latency?.sum, 500)
})

test('too many checkpoints are counted together, and their pathways go on', () => {
  const { registry, nodes } = aRegistry(2)
  let pathway = registry.checkpoint(SENT, undefined, NOW).pathway
  const hashes: string[] = []
  for (let hop = 0; hop < 5; hop++) {
    const checkpoint = registry.checkpoint(hop % 2 === 0 ? RECEIVED : SENT, pathway, NOW)
    checkpoint.record(10)
    pathway = checkpoint.pathway
    hashes.push(pathway.hash)
  }

  assert.deepEqual(
    nodes().map(({ hash }) => hash),
    hashes.slice(0, 2),
  )
  const { messages, bytes } = registry.snapshot().overflow
  assert.deepEqual({ messages, bytes }, { messages: 3, bytes: 30 })
  assert.equal(new Set(hashes).size, 5)
})

test('rates are of the last minute, counts and latencies since the start', () => {
  const { registry, time, nodes } = aRegistry()
  const { pathway } = registry.checkpoint(SENT, undefined, NOW)
  registry.checkpoint(RECEIVED, pathway, NOW + 10).record(100)

  time.elapsedMs = 120_000
  for (let count = 0; count < 30; count++) registry.checkpoint(RECEIVED, pathway, NOW + 20).record(100)

  const [received] = nodes()
  assert.deepEqual([received?.messages, received?.messages_per_s, received?.bytes_per_s], [31, 0.5, 50])
  assert.deepEqual([received?.edge_latency?.count, received?.edge_latency?.sum], [31, 610])
})
