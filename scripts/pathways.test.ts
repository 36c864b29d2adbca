import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { PathwayGraph, PathwayGraphNode } from '#shared/contracts'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { pathwaysCommand } from './pathways'
import { serve } from './testing/serve'

const hash = (digit: number) => String(digit).repeat(16)
const latency = (p50_ms: number) => ({
  count: 12,
  mean_ms: p50_ms,
  p50_ms,
  p95_ms: p50_ms * 2,
  p99_ms: p50_ms * 3,
  max_ms: p50_ms * 4,
})
const traffic = { messages: 12, bytes: 14_400, messages_per_s: 0.2, bytes_per_s: 240 }

function aNode(own: number, parent: number | null, place: Partial<PathwayGraphNode>): PathwayGraphNode {
  const ms = parent === null ? null : latency(own * 10)
  return {
    hash: hash(own),
    parent: parent === null ? null : hash(parent),
    service: 'queue_service',
    direction: 'out',
    queue: 'processing.jobs',
    ...traffic,
    clock_skews: 0,
    edge_latency: ms,
    pathway_latency: ms,
    ...place,
  }
}

const nodes = [
  aNode(1, null, { service: 'api_gateway' }),
  aNode(2, 1, { direction: 'in' }),
  aNode(3, 2, { queue: 'events', messages: 20 }),
  aNode(4, 3, { service: 'storage_service', direction: 'in', queue: 'events.storage' }),
  aNode(5, 3, { service: 'storage_service', direction: 'in', queue: 'events.analytics', messages: 19 }),
  aNode(6, 2, { queue: 'audit' }),
]

const graph: PathwayGraph = {
  generated_at: '2026-03-12T10:20:00.000Z',
  instances: ['api_gateway', 'queue_service'].map((service) => ({
    service,
    instance: `${service}-1`,
    started_at: '2026-03-12T10:00:00.000Z',
    taken_at: '2026-03-12T10:20:00.000Z',
  })),
  unanswered: [],
  nodes,
  edges: [],
  paths: [
    {
      hashes: [hash(1), hash(2), hash(6)],
      steps: ['api_gateway → processing.jobs', 'processing.jobs → queue_service', 'queue_service → audit'],
      ...traffic,
      latency: latency(60),
    },
  ],
  queues: [{ name: 'processing.jobs', depth: 7, oldest_age_ms: 61_000, in_flight: null, dead_letters: 2 }],
  overflow: { messages: 0, bytes: 0, messages_per_s: 0, bytes_per_s: 0 },
}

async function run(t: TestContext, args: readonly string[], answer: PathwayGraph = graph) {
  const gateway = await serve(t, () => ({ status: 200, body: answer }))
  const { terminal, output, warnings } = recordingTerminal()
  const code = await runCommand(pathwaysCommand, ['--url', gateway.url, ...args], {
    terminal,
    environment: {},
  })
  return { code, output: output(), warnings: warnings(), requests: gateway.requests }
}

test('checkpoints are a tree, the busiest first, then the paths and the queues', async (t) => {
  const { code, output, requests } = await run(t, [])

  assert.equal(code, 0)
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/api/pathways'],
  )
  assert.equal(
    output,
    `Seen by 2 processes since they started; rates are of the last minute.

checkpoint                                messages  per s  kB  p50 ms  p95 ms  p99 ms
api_gateway → processing.jobs                   12    0.2  14       –       –       –
└ processing.jobs → queue_service               12    0.2  14      20      40      60
  ├ queue_service → events                      20    0.2  14      30      60      90
  │ ├ events.analytics → storage_service        19    0.2  14      50     100     150
  │ └ events.storage → storage_service          12    0.2  14      40      80     120
  └ queue_service → audit                       12    0.2  14      60     120     180

from end to end                                        messages  per s  p50 ms  p95 ms  p99 ms
api_gateway → processing.jobs → queue_service → audit        12    0.2      60     120     180

queue            depth  oldest  in flight  dead
processing.jobs      7   1 min          –     2`,
  )
})

test('with --json the graph is printed as it is', async (t) => {
  const { code, output } = await run(t, ['--json'])

  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(output), graph)
})

test('what is missing is told, and a service that did not answer is exit code 1', async (t) => {
  const { code, output } = await run(t, [], {
    ...graph,
    unanswered: [{ service: 'storage_service', detail: 'storage_service cannot be reached: ECONNREFUSED' }],
    nodes: nodes.map((node) => ({ ...node, clock_skews: 2 })),
    queues: null,
    overflow: { ...graph.overflow, messages: 9 },
  })

  assert.equal(code, 1)
  const notes = output.split('\n').slice(-4)
  assert.match(notes[0] ?? '', /^storage_service did not answer, so what it saw is missing: .*ECONNREFUSED$/)
  assert.deepEqual(notes.slice(1), [
    'The queues could not be asked.',
    '9 messages passed checkpoints beyond PATHWAY_NODES_MAX and are not shown.',
    '12 latencies were below zero, as when the clocks of two hosts differ.',
  ])
})

test('a mesh that nobody has used has no tree', async (t) => {
  const { code, output } = await run(t, [], { ...graph, nodes: [], paths: [], queues: [] })

  assert.equal(code, 0)
  assert.match(output, /^No message has passed a checkpoint\.$/m)
})
