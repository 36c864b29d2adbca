import type { StoredTrace } from './span-store'
import { buildTraceTree } from './trace-tree'

/** A trace on one line, as `GET /api/traces` lists it. Nanoseconds are strings: they pass 2^53. */
export interface TraceSummary {
  readonly trace_id: string
  /** Null while the root span has not been received. */
  readonly root_name: string | null
  readonly root_service: string | null
  readonly services: readonly string[]
  readonly span_count: number
  readonly error_count: number
  readonly started_at: string | null
  readonly start_unix_ns: string
  readonly duration_ms: number
  readonly duration_ns: string
  /** How long the root span took, which background work may outlast. */
  readonly root_duration_ms: number | null
  /** True when there is a parentless span and no span's parent is missing. */
  readonly complete: boolean
  readonly missing_parent_count: number
  /** Spans that were received but not kept, for a limit. */
  readonly refused_span_count: number
}

const NS_PER_MS = 1e6

export function summariseTrace({ spans, refusedSpanCount }: StoredTrace): TraceSummary {
  const tree = buildTraceTree(spans)
  const { root } = tree
  return {
    trace_id: tree.traceId,
    root_name: root?.span.name ?? null,
    root_service: root?.span.resource.serviceName ?? null,
    services: tree.services,
    span_count: tree.nodes.length,
    error_count: tree.errorCount,
    started_at: toIsoTime(tree.startNano),
    start_unix_ns: tree.startNano.toString(),
    duration_ms: tree.durationNs / NS_PER_MS,
    duration_ns: tree.durationNs.toFixed(0),
    root_duration_ms: root === undefined ? null : (root.endNs - root.startNs) / NS_PER_MS,
    complete: tree.isComplete,
    missing_parent_count: tree.missingParentCount,
    refused_span_count: refusedSpanCount,
  }
}

/** Null for a time that no date can hold. */
export function toIsoTime(nano: bigint): string | null {
  const date = new Date(Number(nano / 1_000_000n))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
