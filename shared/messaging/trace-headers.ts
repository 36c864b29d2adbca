import { type Context, type Link, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'

type Headers = Readonly<Record<string, string>>

/**
 * `headers` with the trace of `current` in them. Trace headers that were given are left out: they belong to
 * another hop, and a message has one place in one trace.
 */
export function withTraceHeaders(headers: Headers, current: Context): Record<string, string> {
  const fields = new Set(propagation.fields())
  const carrier: Record<string, string> = {}
  propagation.inject(current, carrier)
  const own = Object.entries(headers).filter(([name]) => !fields.has(name.toLowerCase()))
  // A propagator may write more than it names; only what a reader will look for is worth keeping.
  const traced = Object.entries(carrier).filter(([name]) => fields.has(name))
  return Object.fromEntries([...own, ...traced])
}

/** The producer's context, with its baggage, on top of no other; and a link to the producer's span. */
export function toProducerContext(headers: Headers): { readonly parent: Context; readonly links: Link[] } {
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  const producer = trace.getSpanContext(parent)
  return { parent, links: producer === undefined ? [] : [{ context: producer }] }
}
