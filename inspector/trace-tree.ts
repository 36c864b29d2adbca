import assert from 'node:assert/strict'
import { findQueueWait, type QueueWait } from './queue-wait'
import type { Span } from './span'

/**
 * Why a node stands where it does:
 *
 * - root:   the span has no parent
 * - child:  below its parent
 * - linked: its parent is not here, but a span it links to is (a consumer below its producer)
 * - orphan: its parent is not here: not yet received, dropped, or a caller who reports elsewhere
 * - cycle:  it is its own ancestor; the chain is cut above the span that started first
 */
export type Placement = 'root' | 'child' | 'linked' | 'orphan' | 'cycle'

/** A span in its place. Times are nanoseconds from the trace's start. */
export interface TraceNode {
  readonly span: Span
  readonly placement: Placement
  readonly parent: TraceNode | undefined
  /** By start. */
  readonly children: readonly TraceNode[]
  readonly depth: number
  readonly startNs: number
  /** Never before `startNs`, even if the exporter said so. */
  readonly endNs: number
  /** The time its message waited in a queue, on consumer spans. */
  readonly wait: QueueWait | undefined
}

export interface TraceTree {
  readonly traceId: string
  /** Every span once, each after its parent, siblings by start. */
  readonly nodes: readonly TraceNode[]
  /** The nodes without a parent here: roots first, then the others by start. */
  readonly tops: readonly TraceNode[]
  /**
   * The span that the trace is about: the first parentless one, or the only top when that serves a caller
   * who reports elsewhere. Undefined while it has not been received.
   */
  readonly root: TraceNode | undefined
  readonly startNano: bigint
  /** From the first start to the last end. */
  readonly durationNs: number
  /** Names, as they appear in the tree. */
  readonly services: readonly string[]
  readonly errorCount: number
  readonly missingParentCount: number
  /** How far a span starts before its parent, at most: clocks that differ, unless it is tiny. */
  readonly clockSkewNs: number
  /** True when there is a parentless span and no parent is missing. */
  readonly isComplete: boolean
}

interface Draft extends TraceNode {
  placement: Placement
  parent: Draft | undefined
  children: Draft[]
  depth: number
  wait: QueueWait | undefined
}

/**
 * The tree of one trace's spans, which may come in any order, lack some, have several roots, or name each
 * other as parents in a circle. Of spans with the same id the last one stands. They are best given as they
 * arrived: the order decides between spans of one process that start at the same time.
 */
export function buildTraceTree(spans: readonly Span[]): TraceTree {
  const ordered = [...new Map(spans.map((span) => [span.spanId, span])).values()].sort(byStart)
  const [earliest] = ordered
  assert(earliest !== undefined, 'a trace has at least one span')
  const drafts = ordered.map((span) => toDraft(span, earliest.startNano))
  const byId = new Map(drafts.map((draft) => [draft.span.spanId, draft]))

  for (const draft of drafts) attach(draft, byId)
  const { tops, nodes } = arrange(drafts)
  for (const node of nodes) node.wait = findQueueWait(node, (spanId) => byId.get(spanId))

  const missingParentCount = nodes.filter(isMissingParent).length
  return {
    traceId: earliest.traceId,
    nodes,
    tops,
    root: findRoot(tops),
    startNano: earliest.startNano,
    durationNs: nodes.reduce((end, { endNs }) => Math.max(end, endNs), 0),
    services: [...new Set(nodes.map(({ span }) => span.resource.serviceName))],
    errorCount: nodes.filter(({ span }) => span.status.code === 'error').length,
    missingParentCount,
    clockSkewNs: nodes.reduce((most, node) => Math.max(most, (node.parent?.startNs ?? 0) - node.startNs), 0),
    isComplete: missingParentCount === 0 && tops.some(({ placement }) => placement === 'root'),
  }
}

/**
 * By start. Many SDKs stamp starts with whole milliseconds, OpenTelemetry's for JavaScript among them: what ran
 * one after the other then shares a start, and its end, which is that start plus a precise duration, says only
 * how long it took. What is left is the order in which one process hands its spans over: that in which they
 * ended, and spans that do not overlap end as they began. The spans of an instance that share a start stay in
 * their order (the sort is stable); between instances the order of arrival means nothing, so the name decides.
 */
function byStart(one: Span, other: Span): number {
  if (one.startNano !== other.startNano) return one.startNano < other.startNano ? -1 : 1
  const [instance, otherInstance] = [instanceOf(one), instanceOf(other)]
  if (instance === otherInstance) return 0
  return instance < otherInstance ? -1 : 1
}

function instanceOf({ resource }: Span): string {
  return `${resource.serviceName} ${resource.attributes['service.instance.id'] ?? ''}`
}

function toDraft(span: Span, startNano: bigint): Draft {
  const startNs = Number(span.startNano - startNano)
  const endNs = Math.max(startNs, Number(span.endNano - startNano))
  return {
    span,
    placement: 'root',
    parent: undefined,
    children: [],
    depth: 0,
    startNs,
    endNs,
    wait: undefined,
  }
}

function attach(draft: Draft, byId: ReadonlyMap<string, Draft>): void {
  const { parentSpanId } = draft.span
  const parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId)
  const above = parent ?? findLinked(draft, byId)
  if (above === undefined) {
    draft.placement = parentSpanId === undefined ? 'root' : 'orphan'
    return
  }
  draft.placement = parent === undefined ? 'linked' : 'child'
  draft.parent = above
  above.children.push(draft)
}

/** Only a consumer continues what it links to; any other span's link is a mere reference. */
function findLinked({ span }: Draft, byId: ReadonlyMap<string, Draft>): Draft | undefined {
  if (span.kind !== 'consumer') return undefined
  return span.links
    .filter(({ traceId, spanId }) => traceId === span.traceId && spanId !== span.spanId)
    .map(({ spanId }) => (spanId === undefined ? undefined : byId.get(spanId)))
    .find((linked) => linked !== undefined)
}

/** Numbers the depths from the tops down. What no top leads to hangs below a circle, which is cut. */
function arrange(drafts: readonly Draft[]): { tops: Draft[]; nodes: Draft[] } {
  const tops = drafts.filter(({ parent }) => parent === undefined).sort(rootsFirst)
  const nodes = tops.flatMap(flatten)
  const reached = new Set(nodes)
  for (const draft of drafts) {
    if (reached.has(draft)) continue
    const top = cutCircleAbove(draft)
    tops.push(top)
    for (const node of flatten(top)) {
      reached.add(node)
      nodes.push(node)
    }
  }
  return { tops, nodes }
}

function rootsFirst(one: Draft, other: Draft): number {
  return Number(one.placement !== 'root') - Number(other.placement !== 'root')
}

/** Walks up until a span comes again, and makes the one that started first in that circle a top. */
function cutCircleAbove(draft: Draft): Draft {
  const chain = new Set<Draft>()
  let above: Draft | undefined = draft
  while (above !== undefined && !chain.has(above)) {
    chain.add(above)
    above = above.parent
  }
  assert(above !== undefined, 'a span that no top leads to hangs below a circle')
  const climbed = [...chain]
  const circle = climbed.slice(climbed.indexOf(above))
  const top = circle.reduce((first, member) => (member.startNs < first.startNs ? member : first), above)
  if (top.parent !== undefined) top.parent.children = top.parent.children.filter((child) => child !== top)
  top.parent = undefined
  top.placement = 'cycle'
  return top
}

/** The node and all below it, parents first. No recursion: a chain of calls may be thousands deep. */
function flatten(top: Draft): Draft[] {
  const nodes: Draft[] = []
  const pending = [top]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    node.depth = node.parent === undefined ? 0 : node.parent.depth + 1
    nodes.push(node)
    for (const child of node.children.toReversed()) pending.push(child)
  }
  return nodes
}

function findRoot(tops: readonly TraceNode[]): TraceNode | undefined {
  const [first] = tops
  if (first?.placement === 'root') return first
  return tops.length === 1 && first?.span.kind === 'server' ? first : undefined
}

function isMissingParent({ placement }: TraceNode): boolean {
  return placement === 'orphan' || placement === 'linked'
}
