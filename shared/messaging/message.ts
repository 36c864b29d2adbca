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
}

/** Why a message is given up. */
export type DeadLetterReason = 'invalid-message' | 'not-retryable' | 'attempts-exhausted'

export interface DeadLetterCause {
  readonly reason: DeadLetterReason
  /** Code of the error, from the catalogue. */
  readonly code: string
  /** What happened, for a human. */
  readonly detail: string
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
} as const

const DEAD_LETTER_SUFFIX = '.dlq'

/** The queue that takes the dead letters of `queue`. */
export function deadLetterQueueOf(queue: string): string {
  return queue + DEAD_LETTER_SUFFIX
}

export function isDeadLetterQueue(queue: string): boolean {
  return queue.endsWith(DEAD_LETTER_SUFFIX)
}

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
