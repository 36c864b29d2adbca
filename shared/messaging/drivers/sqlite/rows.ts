import { toDeadLetterRecord } from '../../dead-letter-record'
import type { MessageRecord } from '../../driver'
import { isDeadLetterQueue, MESSAGE_PRIORITIES, type WireMessage } from '../../message'
import type { Claim } from '../embedded/message-store'
import type { ClaimedRow, PayloadRow, StatusRow } from './statements'

export function toWireMessage(
  row: PayloadRow & { readonly id: string; readonly enqueued_at: number },
): WireMessage {
  const { id, body, content_type: contentType, enqueued_at: enqueuedAt, priority, ttl_ms: ttlMs } = row
  return {
    id,
    body,
    headers: JSON.parse(row.headers),
    contentType,
    enqueuedAt,
    ...(priority !== null && { priority: MESSAGE_PRIORITIES[priority] }),
    ...(ttlMs !== null && { ttlMs }),
  }
}

export function toClaim(queue: string, row: ClaimedRow, payload: PayloadRow): Claim {
  const { sequence, delivery, attempts: attempt } = row
  return { queue, sequence, delivery, attempt, message: toWireMessage({ ...row, ...payload }) }
}

export function toMessageRecord(messageId: string, row: StatusRow): MessageRecord {
  const { queue, state, attempts, enqueued_at: enqueuedAt, finished_at, dead_letter_cause } = row
  if (isDeadLetterQueue(queue)) {
    return toDeadLetterRecord({ messageId, queue, enqueuedAt, headers: JSON.parse(row.headers ?? '{}') })
  }
  return {
    messageId,
    queue,
    state: dead_letter_cause === null ? state : 'dead',
    attempts,
    enqueuedAt,
    ...(finished_at !== null && { finishedAt: finished_at }),
    ...(dead_letter_cause !== null && { cause: JSON.parse(dead_letter_cause) }),
  }
}
