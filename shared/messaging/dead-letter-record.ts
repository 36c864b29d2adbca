import type { DeadLetter, MessageRecord } from './driver'
import { type DeadLetterCause, readDeadLetterHeaders, type WireMessage } from './message'

/** For what lies in a dead-letter queue without saying why: somebody put it there past the bus. */
const UNKNOWN_CAUSE: DeadLetterCause = {
  reason: 'not-retryable',
  code: 'internal-error',
  detail: 'the message does not say why it was given up',
}

/** What a dead letter tells of its message, for when the message itself is forgotten. */
export function toDeadLetterRecord(deadLetter: {
  readonly messageId: string
  readonly queue: string
  readonly enqueuedAt: number
  readonly headers: Readonly<Record<string, string>>
}): MessageRecord {
  const { messageId, queue, enqueuedAt, headers } = deadLetter
  const known = readDeadLetterHeaders(headers)
  return {
    messageId,
    queue: known?.queue ?? queue,
    state: 'dead',
    attempts: known?.attempts ?? 0,
    enqueuedAt,
    finishedAt: known?.at ?? enqueuedAt,
    cause: known?.cause ?? UNKNOWN_CAUSE,
  }
}

/** `message` lies in a dead-letter queue; what it was before, and why and when it was given up. */
export function toDeadLetter(message: WireMessage): DeadLetter {
  const known = readDeadLetterHeaders(message.headers)
  return {
    message: { ...message, headers: known?.headers ?? message.headers },
    cause: known?.cause ?? UNKNOWN_CAUSE,
    attempts: known?.attempts ?? 0,
    deadAt: known?.at ?? message.enqueuedAt,
  }
}
