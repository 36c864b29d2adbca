import { randomUUID } from 'node:crypto'
import { AppError } from '#shared/errors'
import {
  DELIVERY_LIMIT_CAUSE,
  type DeadLetterCause,
  EXPIRED_CAUSE,
  HEADER,
  MESSAGE_PRIORITIES,
  type MessagePriority,
  toDeadLetterHeaders,
  type WireMessage,
} from '../../message'
import type { QueueDefinition } from '../../topology'
import type { AmqpHeaders, AmqpMessage, AmqpProperties } from './amqp'

/**
 * Headers in which the driver keeps what AMQP has no place for. They are taken off again on the way in, so a
 * consumer sees the sender's own headers and no others.
 */
const OWN = {
  /** Present on everything that was handed over before, 0 or more. */
  ATTEMPT: HEADER.ATTEMPT,
  /** AMQP's own timestamp has seconds. */
  ENQUEUED_AT: 'x-enqueued-at',
  PRIORITY: 'x-message-priority',
  /** The broker forgets an expiration when it dead-letters, which is how a retry comes back. */
  TTL: 'x-message-ttl-ms',
  /** When a delay ends, from which the TTL counts anew. */
  READY_AT: 'x-ready-at',
} as const

/** Names to which the broker gives a meaning: with another one behind them it refuses messages, or worse. */
const BROKERS = /^(?:cc|bcc|x-death|x-(?:first|last)-death-.*|x-delivery-count|x-acquired-count|x-opt-.*)$/i

const DELIVERY_COUNT = 'x-delivery-count'

const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(OWN))

/** AMQP's limit for ids and names of headers. */
const SHORT_STRING_BYTES_MAX = 255

/**
 * Most bytes of headers that a sender may give. The client library writes 64 KiB; what is left is for the driver's own
 * and for those of a dead letter, without which the message could be given up by nobody.
 */
const HEADER_BYTES_MAX = 60 * 1_024

/** Of the type and the length that stand with each name and value. */
const HEADER_OVERHEAD_BYTES = 6

/** A broker's limit for times to live: 49 days. */
const TTL_MS_MAX = 2 ** 32 - 1

/** The last moment that a `Date` can tell. */
const TIME_MAX = 8.64e15

const UNKNOWN_MEDIA_TYPE = 'application/octet-stream'

export interface OutgoingState {
  /** Attempts that are over, for a message that was handed over before. */
  readonly attempt?: number
  readonly readyAt?: number
  /** Whether the broker watches over the message's own TTL: not while it waits for a retry or is a dead letter. */
  readonly expires: boolean
  readonly persistent: boolean
}

/** @throws AppError `invalid-request` for what a broker would not take, or could not be settled later */
export function assertSendable({ headers, ttlMs = 0 }: WireMessage): void {
  let bytes = 0
  for (const [name, value] of Object.entries(headers)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + HEADER_OVERHEAD_BYTES
  }
  if (bytes > HEADER_BYTES_MAX) {
    throw new AppError('invalid-request', {
      detail: `the headers have ${bytes} bytes, ${HEADER_BYTES_MAX} are allowed on a broker`,
    })
  }
  if (ttlMs > TTL_MS_MAX) {
    throw new AppError('invalid-request', {
      detail: `a time to live has ${TTL_MS_MAX} milliseconds at most on a broker, found ${ttlMs}`,
    })
  }
}

/** @throws AppError `invalid-request` for an id or a header that AMQP cannot carry */
export function toProperties(message: WireMessage, state: OutgoingState): AmqpProperties {
  const { id, contentType, enqueuedAt, ttlMs, priority } = message
  assertShort('the message id', id)
  assertShort('the content type', contentType)
  for (const name of Object.keys(message.headers)) assertHeaderName(name)
  const headers: Record<string, string | number> = { ...message.headers, [OWN.ENQUEUED_AT]: enqueuedAt }
  if (priority !== undefined) headers[OWN.PRIORITY] = priority
  if (ttlMs !== undefined) headers[OWN.TTL] = ttlMs
  if (state.attempt !== undefined) headers[OWN.ATTEMPT] = state.attempt
  if (state.readyAt !== undefined) headers[OWN.READY_AT] = Math.round(state.readyAt)
  return {
    messageId: id,
    contentType,
    headers,
    timestamp: Math.floor(enqueuedAt / 1_000),
    persistent: state.persistent,
    ...(state.expires && ttlMs !== undefined && { expiration: String(Math.ceil(ttlMs)) }),
  }
}

function assertHeaderName(name: string): void {
  assertShort(`the name of the header ${JSON.stringify(name.slice(0, 40))}`, name)
  if (BROKERS.test(name) || OWN_NAMES.has(name)) {
    throw new AppError('invalid-request', {
      detail: `the header ${name} has a meaning of its own on a broker`,
    })
  }
}

function assertShort(what: string, text: string): void {
  if (Buffer.byteLength(text) <= SHORT_STRING_BYTES_MAX) return
  throw new AppError('invalid-request', { detail: `${what} is longer than ${SHORT_STRING_BYTES_MAX} bytes` })
}

/** A message as it came from the broker, whoever sent it. */
export interface IncomingMessage {
  readonly message: WireMessage
  /** Attempts that are over; those whose end nobody told are among them. */
  readonly attempts: number
  readonly redelivered: boolean
  /** The broker took it back from somebody and does not say how often that has been. */
  readonly isUncounted: boolean
  /** When it became ready after a delay; undefined when it had none. */
  readonly readyAt: number | undefined
}

/** What is to be known of the place that a message comes from. */
export interface Origin {
  readonly priority: MessagePriority
  readonly now: number
  /** Names the work queue behind a physical one; undefined for retry queues and those of others. */
  toWorkQueue(physical: string): QueueDefinition | undefined
}

/**
 * Reads a message leniently: one of strangers may lack an id, headers or a content type, and have headers of any
 * kind. Nothing in it can make this throw; whether a message is any good is the bus's decision.
 */
export function fromAmqp({ properties, body, redelivered }: AmqpMessage, origin: Origin): IncomingMessage {
  const given = toRecord(properties.headers)
  const hasAttempt = given[OWN.ATTEMPT] !== undefined
  const attempts = toCount(given[OWN.ATTEMPT]) + countBroken(given, redelivered)
  const readyAt = given[OWN.READY_AT] === undefined ? undefined : toNumber(given[OWN.READY_AT])
  const enqueuedAt = toEnqueuedAt(given, properties, origin.now)
  const priority = toPriority(given[OWN.PRIORITY], origin.priority)
  const ttlMs = Math.min(TTL_MS_MAX, toCount(given[OWN.TTL] ?? properties.expiration))
  const id = toText(properties.messageId)
  const headers = toOwnHeaders(given)
  const death = toBrokersDeadLetter(given, origin)
  const message: WireMessage = {
    id: id === '' ? randomUUID() : id,
    body,
    headers: death === undefined ? headers : toDeadLetterHeaders(headers, death.queue, death.cause, death),
    contentType: toText(properties.contentType) || UNKNOWN_MEDIA_TYPE,
    enqueuedAt,
    ...(priority !== undefined && { priority }),
    ...(ttlMs > 0 && { ttlMs }),
  }
  const isUncounted = redelivered && given[DELIVERY_COUNT] === undefined
  return { message, attempts, redelivered: redelivered || hasAttempt, isUncounted, readyAt }
}

/** Deliveries that ended with their holder: a quorum queue counts them, a classic one only says that there was one. */
function countBroken(given: AmqpHeaders, redelivered: boolean): number {
  const counted = given[DELIVERY_COUNT]
  return counted === undefined ? Number(redelivered) : toCount(counted)
}

function toEnqueuedAt(given: AmqpHeaders, { timestamp }: AmqpProperties, now: number): number {
  const own = toTime(toNumber(given[OWN.ENQUEUED_AT]))
  if (own !== undefined) return own
  const theirs = toTime(toNumber(timestamp) * 1_000)
  // A stranger may have written milliseconds; nothing was sent in the future.
  return theirs !== undefined && theirs > 0 && theirs <= now ? theirs : now
}

function toPriority(own: unknown, ofQueue: MessagePriority): MessagePriority | undefined {
  const known = MESSAGE_PRIORITIES.find((priority) => priority === own)
  return known ?? (ofQueue === 'normal' ? undefined : ofQueue)
}

function toOwnHeaders(given: AmqpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => !BROKERS.test(name) && !OWN_NAMES.has(name))
      .map(([name, value]) => [name, toText(value)]),
  )
}

/** What the broker says of a message that it gave up by itself, as the headers that a consumer would have given it. */
function toBrokersDeadLetter(given: AmqpHeaders, origin: Origin): DeadLetterHeaders | undefined {
  // One that a consumer gave up tells it itself.
  if (given[HEADER.DEAD_LETTER_REASON] !== undefined || !Array.isArray(given['x-death'])) return undefined
  for (const death of given['x-death'].map(toRecord)) {
    // The latest comes first. Those of retry queues are delays that ended.
    const queue = origin.toWorkQueue(toText(death.queue))
    const cause = BROKERS_CAUSES[toText(death.reason)]
    if (queue === undefined || cause === undefined) continue
    // The delivery that is one too many is what ends it.
    const unanswered = cause.reason === 'delivery-limit' ? (queue.deliveryLimit ?? 0) + 1 : 0
    const seconds = toNumber(toRecord(death.time).value)
    return {
      queue: queue.name,
      cause,
      attempts: toCount(given[OWN.ATTEMPT]) + unanswered,
      at: toTime(seconds * 1_000) ?? origin.now,
    }
  }
  return undefined
}

interface DeadLetterHeaders {
  readonly queue: string
  readonly cause: DeadLetterCause
  readonly attempts: number
  readonly at: number
}

const BROKERS_CAUSES: Readonly<Record<string, DeadLetterCause>> = {
  expired: EXPIRED_CAUSE,
  delivery_limit: DELIVERY_LIMIT_CAUSE,
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function toCount(value: unknown): number {
  const count = Math.trunc(toNumber(value))
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}

/** Whole milliseconds since the epoch; undefined for what is no time. */
function toTime(milliseconds: number): number | undefined {
  return milliseconds >= 0 && milliseconds <= TIME_MAX ? Math.trunc(milliseconds) : undefined
}

/** What JavaScript makes of a text or a number; of some objects it makes an error. */
function toNumber(value: unknown): number {
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (Buffer.isBuffer(value)) return value.toString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
