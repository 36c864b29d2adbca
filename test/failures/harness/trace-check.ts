import { SERVICES, WORKER } from '#shared/config'
import { ATTR, SPANS } from '#shared/telemetry'
import { KIND, type ReceivedSpan } from '../../support/otlp-receiver'
import type { SentMessage } from './sent-message'
import type { EffectSpan, Traffic } from './traffic'

/** A message and what it came to, by the rows. */
export interface EndedMessage extends SentMessage {
  readonly end: 'stored' | 'dead'
}

/** What the spans of one message say about it. */
export interface TraceVerdict {
  /**
   * - whole:  its end is in the sender's trace, and every span leads up to the sender's
   * - cut:    the same, but for spans that were not exported yet when their process was killed
   * - broken: anything else
   */
  readonly state: 'whole' | 'cut' | 'broken'
  /** What is wrong, for a failing test to tell. */
  readonly reason: string | undefined
  /** When it was handed to a handler, once for each consumer span: milliseconds since the epoch, in order. */
  readonly deliveredAtMs: readonly number[]
  /** Attempts beyond the first of each consumer, by the number of the last: a killed process exported not all of them. */
  readonly redeliveries: number
  /** How often an effect happened that is to happen once, by the spans of storage: the highest number. */
  readonly effects: number
  /** When all effects had happened. */
  readonly storedAtMs: number | undefined
}

const NANOSECONDS_PER_MS = 1_000_000n

/**
 * Judges the trace of a message.
 *
 * @param spans those of its trace, each once
 * @param killed names of the services that a SIGKILL has hit, and with them spans that were still to be exported
 */
export function checkTrace(
  message: EndedMessage,
  traffic: Traffic,
  spans: readonly ReceivedSpan[],
  killed: ReadonlySet<string>,
): TraceVerdict {
  const deliveries = spans.filter(({ name }) => traffic.deliverySpans.includes(name))
  const effects = traffic.effects.map((effect) => spans.filter((span) => hasHappened(effect, span)))
  const missing = spans.filter((span) => !isParentThere(span, message, spans)).map(ownersOfParent)
  if (message.end === 'stored' && effects.some(({ length }) => length === 0))
    missing.push([SERVICES.storage.serviceName])
  if (message.end === 'dead' && !deliveries.some(isLast)) missing.push(POOLS)
  const reason = whyBroken(spans, missing, killed)
  return {
    state: reason !== undefined ? 'broken' : missing.length > 0 ? 'cut' : 'whole',
    reason: reason && `${message.id}: ${reason}`,
    deliveredAtMs: deliveries.map(({ startNs }) => toMs(startNs)).sort((one, other) => one - other),
    redeliveries: countRedeliveries(deliveries),
    effects: Math.max(...effects.map(({ length }) => length)),
    storedAtMs: lastEndOf(effects),
  }
}

function hasHappened({ name, attribute, value }: EffectSpan, span: ReceivedSpan): boolean {
  return span.name === name && span.attributes[attribute] === value
}

/** @param missing for each span that is missing the services that may have had it */
function whyBroken(
  spans: readonly ReceivedSpan[],
  missing: readonly (readonly string[])[],
  killed: ReadonlySet<string>,
): string | undefined {
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined)
  if (root !== undefined) return `${root.name} is a second root`
  const unexcused = missing.find((owners) => !owners.some((owner) => killed.has(owner)))
  if (unexcused === undefined) return undefined
  const present = [...new Set(spans.map(({ name }) => name))].sort().join(', ')
  return `a span of ${unexcused.join(' or ')} is missing, which was not killed; there are: ${present}`
}

function isParentThere(span: ReceivedSpan, sender: SentMessage, spans: readonly ReceivedSpan[]): boolean {
  const parentId = span.parentSpanId
  return (
    parentId === undefined || parentId === sender.spanId || spans.some(({ spanId }) => spanId === parentId)
  )
}

/** Where the workers may be. */
const POOLS = [SERVICES.queue.serviceName, WORKER.serviceName]

/** By whom a service is called, beside the sender. */
const CALLERS: Readonly<Record<string, readonly string[]>> = {
  api_gateway: POOLS,
  query_service: ['api_gateway'],
  validation_service: ['api_gateway'],
  queue_service: ['api_gateway', 'processing_service'],
  processing_service: POOLS,
  storage_service: ['processing_service', 'api_gateway'],
}

/** Names of the services one of which has the span that the parent of this one is. */
function ownersOfParent({ kind, name, service }: ReceivedSpan): readonly string[] {
  if (kind === KIND.SERVER) return CALLERS[service] ?? []
  if (kind !== KIND.CONSUMER) return [service]
  // Answers are sent by whoever had them made, all other messages by the queue service.
  return name === SPANS.STORE_CHAT_RESPONSE ? POOLS : [SERVICES.queue.serviceName]
}

/** A message that was given back before anybody tried it, as in a drain or a pause, still has the same attempt. */
function countRedeliveries(deliveries: readonly ReceivedSpan[]): number {
  const byConsumer = Map.groupBy(deliveries, ({ name }) => name)
  return [...byConsumer.values()].reduce((sum, spans) => {
    const attempts = spans.map(({ attributes }) => Number(attributes[ATTR.MESSAGE_ATTEMPT]))
    return sum + Math.max(...attempts) - 1
  }, 0)
}

/** The delivery after which the message was given up. */
function isLast({ attributes }: ReceivedSpan): boolean {
  return attributes[ATTR.MESSAGE_DEAD_LETTERED] === true
}

function lastEndOf(effects: readonly (readonly ReceivedSpan[])[]): number | undefined {
  if (effects.some(({ length }) => length === 0)) return undefined
  return Math.max(...effects.map((spans) => Math.min(...spans.map(({ endNs }) => toMs(endNs)))))
}

function toMs(ns: bigint): number {
  return Number(ns / NANOSECONDS_PER_MS)
}
