import type { PathwayGraph, PathwayGraphNode, PathwayLatency, QueueLag } from '#shared/contracts'
import { describeCheckpoint } from '#shared/pathways'
import { printColumns } from '../cli/rows'
import type { Terminal } from '../cli/terminal'
import { describeAge, UNTOLD } from '../queues/describe'
import { toTreeRows } from './tree-rows'

type Path = PathwayGraph['paths'][number]

const NODE_TITLES = ['checkpoint', 'messages', 'per s', 'kB', 'p50 ms', 'p95 ms', 'p99 ms']
const PATH_TITLES = ['from end to end', 'messages', 'per s', 'p50 ms', 'p95 ms', 'p99 ms']
const QUEUE_TITLES = ['queue', 'depth', 'oldest', 'in flight', 'dead']

const BYTES_PER_KB = 1_000

/** The graph for people: the tree of checkpoints, its paths, the queues, and what is missing from it. */
export function printPathways(terminal: Terminal, graph: PathwayGraph): void {
  const { length } = graph.instances
  terminal.print(
    `Seen by ${length} ${length === 1 ? 'process' : 'processes'} since they started; rates are of the last minute.`,
  )
  terminal.print()
  if (graph.nodes.length === 0) terminal.print('No message has passed a checkpoint.')
  else {
    printColumns(terminal, NODE_TITLES, toTreeRows(graph.nodes).map(toNodeCells))
    terminal.print()
    const rows = graph.paths.map((path) => toPathCells(path, graph.nodes))
    printColumns(terminal, PATH_TITLES, rows)
  }
  if (graph.queues !== null && graph.queues.length > 0) {
    terminal.print()
    printColumns(terminal, QUEUE_TITLES, graph.queues.map(toQueueCells))
  }
  const notes = notesOf(graph)
  if (notes.length > 0) terminal.print()
  for (const note of notes) terminal.print(terminal.style('yellow', note))
}

function toNodeCells({ branch, node }: { branch: string; node: PathwayGraphNode }): (string | number)[] {
  return [
    branch + describeCheckpoint(node),
    node.messages,
    node.messages_per_s,
    Math.round(node.bytes / BYTES_PER_KB),
    ...toLatencyCells(node.edge_latency),
  ]
}

/**
 * Who begins it, and who then receives from which queue: ways that differ may begin and end alike. What was sent and
 * not yet received ends with its queue.
 */
function describePath({ hashes }: Path, nodes: readonly PathwayGraphNode[]): string {
  const way = hashes.flatMap((hash) => nodes.find((node) => node.hash === hash) ?? [])
  const received = way.filter(({ direction }) => direction === 'in')
  const [first] = way
  const last = way.at(-1)
  return [
    ...(first?.direction === 'out' ? [first.service] : []),
    ...received.flatMap(({ queue, service }) => [queue, service]),
    ...(last?.direction === 'out' ? [last.queue] : []),
  ].join(' → ')
}

function toPathCells(path: Path, nodes: readonly PathwayGraphNode[]): (string | number)[] {
  const { messages, messages_per_s, latency } = path
  return [describePath(path, nodes), messages, messages_per_s, ...toLatencyCells(latency)]
}

function toLatencyCells(latency: PathwayLatency | null): (string | number)[] {
  return latency === null ? [UNTOLD, UNTOLD, UNTOLD] : [latency.p50_ms, latency.p95_ms, latency.p99_ms]
}

function toQueueCells({ name, depth, oldest_age_ms, in_flight, dead_letters }: QueueLag) {
  return [name, depth, describeAge(oldest_age_ms), in_flight ?? UNTOLD, dead_letters]
}

function notesOf({ unanswered, overflow, nodes, queues }: PathwayGraph): string[] {
  const skews = nodes.reduce((sum, node) => sum + node.clock_skews, 0)
  return [
    ...unanswered.map(
      ({ service, detail }) => `${service} did not answer, so what it saw is missing: ${detail}`,
    ),
    ...(queues === null ? ['The queues could not be asked.'] : []),
    ...(overflow.messages > 0
      ? [`${overflow.messages} messages passed checkpoints beyond PATHWAY_NODES_MAX and are not shown.`]
      : []),
    ...(skews > 0 ? [`${skews} latencies were below zero, as when the clocks of two hosts differ.`] : []),
  ]
}
