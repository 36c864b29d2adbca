import {
  type Context,
  createContextKey,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { isTracingSuppressed, parseTraceParent } from '@opentelemetry/core'
import { parseTraceState } from './trace-state'

const TRACEPARENT = 'traceparent'
const TRACESTATE = 'tracestate'

/** Level 2, section 3.2.2.5.2: the rightmost 56 bits of the trace id are random. */
const RANDOM_TRACE_ID_FLAG = 0x02

/** Whether the caller declared the trace id it sent as random; absent when the id was made in this process. */
const CALLER_RANDOM_FLAG = createContextKey('dataprime-mesh random trace id flag of the caller')

/**
 * W3C Trace Context level 2. The SDK's own propagator forgets the random flag and passes illegal `tracestate`
 * members on, so it is replaced: the caller's random flag is kept, the ids this process makes carry it (the
 * SDK's ids are random), and a `tracestate` with anything illegal in it is dropped as a whole.
 */
export class TraceContextPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const spanContext = trace.getSpanContext(context)
    if (spanContext === undefined || !isSpanContextValid(spanContext) || isTracingSuppressed(context)) return
    const isRandom = context.getValue(CALLER_RANDOM_FLAG) ?? true
    const flags = (spanContext.traceFlags & TraceFlags.SAMPLED) | (isRandom ? RANDOM_TRACE_ID_FLAG : 0)
    setter.set(carrier, TRACEPARENT, `00-${spanContext.traceId}-${spanContext.spanId}-0${flags.toString(16)}`)
    const traceState = spanContext.traceState?.serialize()
    if (traceState) setter.set(carrier, TRACESTATE, traceState)
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const spanContext = parseSingleTraceParent(getter.get(carrier, TRACEPARENT))
    if (spanContext === undefined) return context
    const traceState = parseTraceState(joinHeader(getter.get(carrier, TRACESTATE)))
    const isRandom = (spanContext.traceFlags & RANDOM_TRACE_ID_FLAG) !== 0
    return trace.setSpanContext(context.setValue(CALLER_RANDOM_FLAG, isRandom), {
      traceId: spanContext.traceId,
      spanId: spanContext.spanId,
      traceFlags: spanContext.traceFlags & TraceFlags.SAMPLED,
      isRemote: true,
      ...(traceState !== undefined && { traceState }),
    })
  }

  fields(): string[] {
    return [TRACEPARENT, TRACESTATE]
  }
}

/** Two `traceparent` headers are ambiguous, so neither counts (section 3.2: exactly one is allowed). */
function parseSingleTraceParent(header: undefined | string | string[]) {
  const values = Array.isArray(header) ? header : [header]
  const [value] = values
  if (values.length !== 1 || value === undefined) return undefined
  return parseTraceParent(value) ?? undefined
}

/** Several `tracestate` headers are one list, in order (section 3.3). */
function joinHeader(header: undefined | string | string[]): string {
  return Array.isArray(header) ? header.join(',') : (header ?? '')
}
