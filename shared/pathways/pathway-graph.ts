import type {
  PathwayGraph,
  PathwayGraphNode,
  PathwayNodeSnapshot,
  PathwayReport,
  PathwaySnapshot,
} from '#shared/contracts'
import { LatencySketch } from './latency-sketch'
import type { Place } from './pathway-hash'
import { addTraffic, NO_TRAFFIC, type TrafficSnapshot } from './traffic'

export interface GraphInput {
  readonly reports: readonly PathwayReport[]
  readonly unanswered: PathwayGraph['unanswered']
  readonly generatedAt: Date
}

/**
 * What all processes have seen, as one graph. The hash of a checkpoint contains that of the one before, so the
 * graph is a forest: each node has one parent at most, and each leaf is the end of exactly one path.
 */
export function createPathwayGraph({ reports, unanswered, generatedAt }: GraphInput): PathwayGraph {
  const snapshots = latestOfEach(reports.flatMap((report) => report.snapshots))
  const nodes = mergeNodes(snapshots.flatMap((snapshot) => snapshot.nodes)).map(toGraphNode)
  const byHash = new Map(nodes.map((node) => [node.hash, node]))
  return {
    generated_at: generatedAt.toISOString(),
    instances: snapshots.map(({ service, instance, started_at, taken_at }) => ({
      service,
      instance,
      started_at,
      taken_at,
    })),
    unanswered,
    nodes,
    edges: nodes.flatMap((node) => toEdge(node, byHash)),
    paths: toPaths(nodes, byHash),
    queues: reports.find(({ queues }) => queues !== null)?.queues ?? null,
    overflow: snapshots.map(({ overflow }) => overflow).reduce(addTraffic, NO_TRAFFIC),
  }
}

/** A process that was asked may also have reported. */
function latestOfEach(snapshots: readonly PathwaySnapshot[]): PathwaySnapshot[] {
  const latest = new Map<string, PathwaySnapshot>()
  for (const snapshot of snapshots) {
    const known = latest.get(snapshot.instance)
    if (known === undefined || known.taken_at < snapshot.taken_at) latest.set(snapshot.instance, snapshot)
  }
  return [...latest.values()]
}

interface MergedNode {
  readonly first: PathwayNodeSnapshot
  traffic: TrafficSnapshot
  clockSkews: number
  readonly edgeLatency: LatencySketch
  readonly pathwayLatency: LatencySketch
}

/** Several processes of one service pass the same checkpoints. */
function mergeNodes(snapshots: readonly PathwayNodeSnapshot[]): MergedNode[] {
  const merged = new Map<string, MergedNode>()
  for (const snapshot of snapshots) {
    const edgeLatency = LatencySketch.from(snapshot.edge_latency)
    const pathwayLatency = LatencySketch.from(snapshot.pathway_latency)
    const node = merged.get(snapshot.hash)
    if (node === undefined) {
      const { clock_skews: clockSkews } = snapshot
      merged.set(snapshot.hash, {
        first: snapshot,
        traffic: trafficOf(snapshot),
        clockSkews,
        edgeLatency,
        pathwayLatency,
      })
    } else {
      node.traffic = addTraffic(node.traffic, snapshot)
      node.clockSkews += snapshot.clock_skews
      node.edgeLatency.merge(edgeLatency)
      node.pathwayLatency.merge(pathwayLatency)
    }
  }
  return [...merged.values()]
}

function trafficOf(snapshot: TrafficSnapshot): TrafficSnapshot {
  const { messages, bytes, messages_per_s, bytes_per_s } = snapshot
  return { messages, bytes, messages_per_s, bytes_per_s }
}

function toGraphNode({
  first,
  traffic,
  clockSkews,
  edgeLatency,
  pathwayLatency,
}: MergedNode): PathwayGraphNode {
  const { hash, parent, service, direction, queue } = first
  return {
    hash,
    parent,
    service,
    direction,
    queue,
    ...traffic,
    clock_skews: clockSkews,
    edge_latency: edgeLatency.summarise(),
    pathway_latency: pathwayLatency.summarise(),
  }
}

type NodesByHash = ReadonlyMap<string, PathwayGraphNode>

/** None to a node whose parent no process knows any longer: it ended, or did not answer. */
function toEdge(node: PathwayGraphNode, byHash: NodesByHash): PathwayGraph['edges'] {
  if (node.parent === null || !byHash.has(node.parent)) return []
  return [{ from: node.parent, to: node.hash, ...trafficOf(node), latency: node.edge_latency }]
}

function toPaths(nodes: readonly PathwayGraphNode[], byHash: NodesByHash): PathwayGraph['paths'] {
  const parents = new Set(nodes.map(({ parent }) => parent))
  return nodes
    .filter(({ hash }) => !parents.has(hash))
    .map((end) => {
      const way = wayTo(end, byHash)
      return {
        hashes: way.map(({ hash }) => hash),
        steps: way.map(describeCheckpoint),
        ...trafficOf(end),
        latency: end.pathway_latency,
      }
    })
}

/** From the first known checkpoint. Reports are not proof against a parent that comes after its child. */
function wayTo(end: PathwayGraphNode, byHash: NodesByHash): PathwayGraphNode[] {
  const way = new Set<PathwayGraphNode>()
  let node: PathwayGraphNode | undefined = end
  while (node !== undefined && !way.has(node)) {
    way.add(node)
    node = node.parent === null ? undefined : byHash.get(node.parent)
  }
  return [...way].reverse()
}

/** A checkpoint in words: `sender → queue` or `queue → receiver`. */
export function describeCheckpoint({ service, direction, queue }: Place): string {
  return direction === 'out' ? `${service} → ${queue}` : `${queue} → ${service}`
}
