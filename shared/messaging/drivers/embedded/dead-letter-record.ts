import type { MessageRecord } from '../../driver'
import { type DeadLetterReason, HEADER } from '../../message'

/**
 * What a dead letter tells of its message, for when the message itself is forgotten: the inverse of
 * `toDeadLetterHeaders`.
 */
export function toDeadLetterRecord(deadLetter: {
  readonly messageId: string
  readonly queue: string
  readonly enqueuedAt: number
  readonly headers: Readonly<Record<string, string>>
}): MessageRecord {
  const { messageId, queue, enqueuedAt, headers } = deadLetter
  return {
    messageId,
    queue: headers[HEADER.DEAD_LETTER_QUEUE] ?? queue,
    state: 'dead',
    attempts: Number(headers[HEADER.DEAD_LETTER_ATTEMPTS]),
    enqueuedAt,
    finishedAt: Date.parse(headers[HEADER.DEAD_LETTER_AT] ?? ''),
    cause: {
      reason: headers[HEADER.DEAD_LETTER_REASON] as DeadLetterReason,
      code: headers[HEADER.DEAD_LETTER_CODE] ?? '',
      detail: headers[HEADER.DEAD_LETTER_DETAIL] ?? '',
    },
  }
}
