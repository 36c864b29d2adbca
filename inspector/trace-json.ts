import type { Attributes, Span, SpanKind, SpanStatus } from './span'
import type { StoredTrace } from './span-store'
import { summariseTrace, type TraceSummary } from './trace-summary'
import { buildTraceTree, type Placement, type TraceNode } from './trace-tree'

/** A span as `GET /api/traces/:trace_id` shows it. `offset_ms` counts from the trace's start. */
export interface SpanJson {
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly depth: number
  readonly placement: Placement
  readonly service: string
  readonly kind: SpanKind
  readonly name: string
  readonly start_unix_ms: number
  readonly start_unix_ns: string
  readonly offset_ms: number
  readonly duration_ms: number
  readonly duration_ns: string
  readonly status: SpanStatus
  readonly attributes: Attributes
  readonly events: readonly EventJson[]
  readonly links: readonly LinkJson[]
  /** On consumer spans whose message waited in a queue. */
  readonly queue_wait: QueueWaitJson | null
  readonly trace_state: string | null
  readonly scope: Span['scope']
  readonly resource: Attributes
}

export interface EventJson {
  readonly name: string
  readonly time_unix_ns: string
  readonly offset_ms: number
  readonly attributes: Attributes
}

export interface LinkJson {
  readonly trace_id: string | null
  readonly span_id: string | null
  readonly attributes: Attributes
}

export interface QueueWaitJson {
  readonly offset_ms: number
  readonly duration_ms: number
  readonly destination: string | null
}

/** A whole trace: its summary, and its spans in the order of the tree, each after its parent. */
export type TraceJson = TraceSummary & { readonly spans: readonly SpanJson[] }

const NS_PER_MS = 1e6

export function toTraceJson(trace: StoredTrace): TraceJson {
  const tree = buildTraceTree(trace.spans)
  return { ...summariseTrace(trace), spans: tree.nodes.map((node) => toSpanJson(node, tree.startNano)) }
}

function toSpanJson(node: TraceNode, startNano: bigint): SpanJson {
  const { span, wait } = node
  const durationNs = node.endNs - node.startNs
  return {
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? null,
    depth: node.depth,
    placement: node.placement,
    service: span.resource.serviceName,
    kind: span.kind,
    name: span.name,
    start_unix_ms: toUnixMs(span.startNano),
    start_unix_ns: span.startNano.toString(),
    offset_ms: node.startNs / NS_PER_MS,
    duration_ms: durationNs / NS_PER_MS,
    duration_ns: durationNs.toFixed(0),
    status: span.status,
    attributes: span.attributes,
    events: span.events.map(({ name, timeNano, attributes }) => ({
      name,
      time_unix_ns: timeNano.toString(),
      offset_ms: Number(timeNano - startNano) / NS_PER_MS,
      attributes,
    })),
    links: span.links.map(({ traceId = null, spanId = null, attributes }) => ({
      trace_id: traceId,
      span_id: spanId,
      attributes,
    })),
    queue_wait:
      wait === undefined
        ? null
        : {
            offset_ms: wait.startNs / NS_PER_MS,
            duration_ms: (wait.endNs - wait.startNs) / NS_PER_MS,
            destination: wait.destination ?? null,
          },
    trace_state: span.traceState ?? null,
    scope: span.scope,
    resource: span.resource.attributes,
  }
}

/** To the microsecond, which is what a double can hold of a time in our century. */
function toUnixMs(nano: bigint): number {
  return Number(nano / 1_000n) / 1_000
}
