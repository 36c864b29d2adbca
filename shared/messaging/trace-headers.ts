import {
  type Context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from '@opentelemetry/api'
import { encodePathway, PATHWAY_HEADER, pathwayOf } from '#shared/telemetry'
import { HEADER } from './message'

type Headers = Readonly<Record<string, string>>

/**
 * `headers` with the trace and the pathway of `current` in them. Trace headers that were given are left out: they
 * belong to another hop, and a message has one place in one trace. Without the SDK nothing is traced, but a
 * pathway goes on from queue to queue all the same.
 */
export function withTraceHeaders(headers: Headers, current: Context): Record<string, string> {
  const fields = new Set([...propagation.fields(), PATHWAY_HEADER])
  const carrier: Record<string, string> = {}
  propagation.inject(current, carrier)
  const pathway = pathwayOf(current)
  if (pathway !== undefined) carrier[PATHWAY_HEADER] ??= encodePathway(pathway)
  const own = Object.entries(headers).filter(([name]) => !fields.has(name.toLowerCase()))
  // A propagator may write more than it names; only what a reader will look for is worth keeping.
  const traced = Object.entries(carrier).filter(([name]) => fields.has(name))
  return Object.fromEntries([...own, ...traced])
}

/**
 * The producer's context, with its baggage, on top of no other; and links to the producer's span and, when the
 * message was taken back from the dead letters, to the span of that replay.
 */
export function toProducerContext(headers: Headers): { readonly parent: Context; readonly links: Link[] } {
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  const spanContexts = [trace.getSpanContext(parent), readTraceparent(headers[HEADER.REPLAY_TRACEPARENT])]
  return { parent, links: spanContexts.flatMap((context) => (context === undefined ? [] : [{ context }])) }
}

/** What a replayed message says of the span that replayed it. */
export function toReplayHeaders({ traceId, spanId, traceFlags }: SpanContext): Record<string, string> {
  const flags = traceFlags.toString(16).padStart(2, '0')
  return { [HEADER.REPLAY_TRACEPARENT]: `00-${traceId}-${spanId}-${flags}` }
}

function readTraceparent(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return trace.isSpanContextValid(spanContext) ? spanContext : undefined
}
