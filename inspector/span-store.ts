import type { Resource, Span } from './span'
import { attributesSize, estimateSpanSizeBytes } from './span-size'

export interface SpanStoreLimits {
  readonly tracesMax: number
  readonly spansMax: number
  readonly spansPerTraceMax: number
  readonly sizeMaxBytes: number
}

/** What is kept of one trace. */
export interface StoredTrace {
  readonly traceId: string
  /** In the order of arrival: for the spans of one process that in which they ended, as a rule. */
  readonly spans: readonly Span[]
  /** Spans that were refused because the trace or the store was full. */
  readonly refusedSpanCount: number
}

export interface SpanStoreStats {
  readonly traces: number
  readonly spans: number
  readonly size_bytes: number
  readonly evicted_traces: number
}

interface TraceEntry {
  readonly traceId: string
  readonly spans: Map<string, { readonly span: Span; readonly sizeBytes: number }>
  readonly resources: Set<Resource>
  sizeBytes: number
  refusedSpanCount: number
}

/**
 * Spans in memory, by trace, never more than its limits allow. Whenever a limit of the whole store is
 * passed, the trace that was seen first is dropped, the one being written excepted. A span joins its trace
 * however late it comes; a span id that is there already is replaced, because exporters send a batch again
 * when they miss the answer.
 */
export class SpanStore {
  readonly #limits: SpanStoreLimits
  /** Iterates in the order in which traces were first seen. */
  readonly #traces = new Map<string, TraceEntry>()
  #spanCount = 0
  #sizeBytes = 0
  #evictedTraceCount = 0

  constructor(limits: SpanStoreLimits) {
    this.#limits = limits
  }

  /** Keeps a span. Answers why it was refused, or undefined when it was kept. */
  add(span: Span): string | undefined {
    const trace = this.#traces.get(span.traceId) ?? emptyTrace(span.traceId)
    const earlierBytes = trace.spans.get(span.spanId)?.sizeBytes
    const resourceBytes = trace.resources.has(span.resource) ? 0 : attributesSize(span.resource.attributes)
    const sizeBytes = estimateSpanSizeBytes(span)
    const grownBytes = sizeBytes + resourceBytes - (earlierBytes ?? 0)

    const refusal = this.#refusal(trace, earlierBytes === undefined, grownBytes)
    if (refusal !== undefined) {
      trace.refusedSpanCount += 1
      return refusal
    }
    this.#traces.set(trace.traceId, trace)
    trace.spans.set(span.spanId, { span, sizeBytes })
    trace.resources.add(span.resource)
    trace.sizeBytes += grownBytes
    this.#sizeBytes += grownBytes
    if (earlierBytes === undefined) this.#spanCount += 1
    this.#makeRoomFor(trace)
    return undefined
  }

  trace(traceId: string): StoredTrace | undefined {
    const trace = this.#traces.get(traceId)
    return trace === undefined ? undefined : toStoredTrace(trace)
  }

  /** Every trace, the one seen last first. */
  traces(): StoredTrace[] {
    return [...this.#traces.values()].reverse().map(toStoredTrace)
  }

  /** Forgets everything; answers how many traces there were. */
  clear(): number {
    const count = this.#traces.size
    this.#traces.clear()
    this.#spanCount = 0
    this.#sizeBytes = 0
    return count
  }

  stats(): SpanStoreStats {
    return {
      traces: this.#traces.size,
      spans: this.#spanCount,
      size_bytes: this.#sizeBytes,
      evicted_traces: this.#evictedTraceCount,
    }
  }

  /** One trace alone must fit into the store, else dropping the others would not help. */
  #refusal(trace: TraceEntry, isNewSpan: boolean, grownBytes: number): string | undefined {
    const spansMax = Math.min(this.#limits.spansPerTraceMax, this.#limits.spansMax)
    if (isNewSpan && trace.spans.size >= spansMax) {
      return `trace ${trace.traceId} holds ${spansMax} spans already, which is the limit`
    }
    return trace.sizeBytes + grownBytes > this.#limits.sizeMaxBytes
      ? `trace ${trace.traceId} would take more than ${this.#limits.sizeMaxBytes} bytes, which is the limit`
      : undefined
  }

  #makeRoomFor(current: TraceEntry): void {
    if (!this.#isOverfull()) return
    for (const trace of this.#traces.values()) {
      if (trace === current) continue
      this.#evict(trace)
      if (!this.#isOverfull()) return
    }
  }

  #isOverfull(): boolean {
    const { tracesMax, spansMax, sizeMaxBytes } = this.#limits
    return this.#traces.size > tracesMax || this.#spanCount > spansMax || this.#sizeBytes > sizeMaxBytes
  }

  #evict(trace: TraceEntry): void {
    this.#traces.delete(trace.traceId)
    this.#spanCount -= trace.spans.size
    this.#sizeBytes -= trace.sizeBytes
    this.#evictedTraceCount += 1
  }
}

function emptyTrace(traceId: string): TraceEntry {
  return { traceId, spans: new Map(), resources: new Set(), sizeBytes: 0, refusedSpanCount: 0 }
}

function toStoredTrace({ traceId, spans, refusedSpanCount }: TraceEntry): StoredTrace {
  return { traceId, spans: [...spans.values()].map(({ span }) => span), refusedSpanCount }
}
