/** A message as drivers see it: bytes with headers. What is in them is the bus's business. */
export interface WireMessage {
  /** Unique within a queue. Chosen by the sender, who may send it again to be sure. */
  readonly id: string
  readonly body: Uint8Array
  /** Kept as they are, to the last character. */
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string
  /** When it was first sent: wall clock, milliseconds since the epoch. */
  readonly enqueuedAt: number
  /** `normal` unless told otherwise. Only queues that are defined with priorities heed it. */
  readonly priority?: MessagePriority
  /** How long it may wait to be delivered, when that is shorter than what its queue allows. */
  readonly ttlMs?: number
}

/** From the first to be delivered to the last. */
export const MESSAGE_PRIORITIES = ['high', 'normal', 'low'] as const
export type MessagePriority = (typeof MESSAGE_PRIORITIES)[number]

/**
 * Why a message is given up. Consumers have the first three reasons; a message that waited longer than it may
 * is `expired`, and one that the broker gave up because nobody ever settled it `delivery-limit`.
 */
export const DEAD_LETTER_REASONS = [
  'invalid-message',
  'not-retryable',
  'attempts-exhausted',
  'expired',
  'delivery-limit',
] as const
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number]

export interface DeadLetterCause {
  readonly reason: DeadLetterReason
  /** Code of the error, from the catalogue. */
  readonly code: string
  /** What happened, for a human. */
  readonly detail: string
}

/** What a broker gives up by itself, in the words of those that consumers give up. */
export const EXPIRED_CAUSE: DeadLetterCause = {
  reason: 'expired',
  code: 'message-expired',
  detail: 'the message waited for a consumer longer than it may',
}

export const DELIVERY_LIMIT_CAUSE: DeadLetterCause = {
  reason: 'delivery-limit',
  code: 'internal-error',
  detail: 'the message was delivered as often as its queue allows, and nobody ever answered',
}

/** Headers that messaging itself adds. All others belong to senders and to the trace. */
export const HEADER = {
  CONVERSATION_ID: 'x-conversation-id',
  DEAD_LETTER_QUEUE: 'x-dead-letter-queue',
  DEAD_LETTER_REASON: 'x-dead-letter-reason',
  DEAD_LETTER_CODE: 'x-dead-letter-code',
  DEAD_LETTER_DETAIL: 'x-dead-letter-detail',
  DEAD_LETTER_ATTEMPTS: 'x-dead-letter-attempts',
  DEAD_LETTER_AT: 'x-dead-letter-at',
  /** Attempts that are over, where a driver has no better place to count them; 0 again after a replay. */
  ATTEMPT: 'x-attempt',
  /** The dead-letter queue that a message was taken back from. */
  REPLAYED_FROM: 'x-replayed-from',
  /** The span of that replay, as a `traceparent`; the trace itself stays that of the first sender. */
  REPLAY_TRACEPARENT: 'x-replay-traceparent',
} as const

const DEAD_LETTER_SUFFIX = '.dlq'

/** The queue that takes the dead letters of `queue`. */
export function deadLetterQueueOf(queue: string): string {
  return queue + DEAD_LETTER_SUFFIX
}

/** The queue whose dead letters `queue` takes, or `queue` itself when it is no dead-letter queue. */
export function workQueueOf(queue: string): string {
  return isDeadLetterQueue(queue) ? queue.slice(0, -DEAD_LETTER_SUFFIX.length) : queue
}

export function isDeadLetterQueue(queue: string): boolean {
  return queue.endsWith(DEAD_LETTER_SUFFIX)
}

const DEAD_LETTER_HEADERS: ReadonlySet<string> = new Set([
  HEADER.DEAD_LETTER_QUEUE,
  HEADER.DEAD_LETTER_REASON,
  HEADER.DEAD_LETTER_CODE,
  HEADER.DEAD_LETTER_DETAIL,
  HEADER.DEAD_LETTER_ATTEMPTS,
  HEADER.DEAD_LETTER_AT,
])

/** The message's own headers, the trace's among them, and beside them why, where from and when it was given up. */
export function toDeadLetterHeaders(
  headers: Readonly<Record<string, string>>,
  queue: string,
  cause: DeadLetterCause,
  { attempts, at }: { readonly attempts: number; readonly at: number },
): Record<string, string> {
  return {
    ...headers,
    [HEADER.DEAD_LETTER_QUEUE]: queue,
    [HEADER.DEAD_LETTER_REASON]: cause.reason,
    [HEADER.DEAD_LETTER_CODE]: cause.code,
    [HEADER.DEAD_LETTER_DETAIL]: cause.detail,
    [HEADER.DEAD_LETTER_ATTEMPTS]: String(attempts),
    [HEADER.DEAD_LETTER_AT]: new Date(at).toISOString(),
  }
}

/** What `toDeadLetterHeaders` was told, and the headers that the message had before. */
export interface DeadLetterHeaders {
  readonly headers: Record<string, string>
  readonly queue: string
  readonly cause: DeadLetterCause
  readonly attempts: number
  /** When it was given up; undefined when the message does not say. */
  readonly at: number | undefined
}

/** The inverse of `toDeadLetterHeaders`; undefined for a message that is no dead letter of ours. */
export function readDeadLetterHeaders(
  headers: Readonly<Record<string, string>>,
): DeadLetterHeaders | undefined {
  const queue = headers[HEADER.DEAD_LETTER_QUEUE]
  const reason = DEAD_LETTER_REASONS.find((known) => known === headers[HEADER.DEAD_LETTER_REASON])
  if (queue === undefined || reason === undefined) return undefined
  const code = headers[HEADER.DEAD_LETTER_CODE] ?? ''
  const detail = headers[HEADER.DEAD_LETTER_DETAIL] ?? ''
  const attempts = Number(headers[HEADER.DEAD_LETTER_ATTEMPTS])
  const at = Date.parse(headers[HEADER.DEAD_LETTER_AT] ?? '')
  return {
    headers: withoutDeadLetterHeaders(headers),
    queue,
    cause: { reason, code, detail },
    attempts: Number.isSafeInteger(attempts) && attempts > 0 ? attempts : 0,
    at: Number.isNaN(at) ? undefined : at,
  }
}

/** The headers of a dead letter that goes back to `queue`: those it had before, and `added`. */
export function toReplayedHeaders(
  headers: Readonly<Record<string, string>>,
  queue: string,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...withoutDeadLetterHeaders(headers),
    [HEADER.REPLAYED_FROM]: deadLetterQueueOf(queue),
    ...added,
  }
}

function withoutDeadLetterHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !DEAD_LETTER_HEADERS.has(name)))
}
