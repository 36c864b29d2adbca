import { toDeadLetterRecord } from '../../dead-letter-record'
import type { MessageRecord } from '../../driver'
import { type DeadLetterCause, isDeadLetterQueue, type WireMessage } from '../../message'
import type { Claim } from '../embedded/message-store'

/** A message in memory, and what has become of it. */
export interface Entry {
  readonly sequence: number
  readonly queue: string
  message: WireMessage
  readonly digest: Buffer
  state: 'ready' | 'delayed' | 'leased' | 'done'
  /** Place among those that are ready: 0 comes first. */
  readonly rank: number
  /** How long it may wait for each delivery; infinite without a time to live. */
  readonly ttlMs: number
  /** End of the delay, of the lease or, when it is ready, of the time to live. */
  until: number
  delivery: number
  attempts: number
  finishedAt?: number
  cause?: DeadLetterCause
}

export function toClaim({ queue, sequence, delivery, message, attempts }: Entry): Claim {
  return { queue, sequence, delivery, message, attempt: attempts }
}

export function toMessageRecord(entry: Entry): MessageRecord {
  const { queue, message, state, attempts, finishedAt, cause } = entry
  const { id: messageId, enqueuedAt, headers } = message
  if (isDeadLetterQueue(queue)) return toDeadLetterRecord({ messageId, queue, enqueuedAt, headers })
  return {
    messageId,
    queue,
    state: cause === undefined ? state : 'dead',
    attempts,
    enqueuedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    ...(cause !== undefined && { cause }),
  }
}
