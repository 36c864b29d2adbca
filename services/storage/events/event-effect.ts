import type { DomainEvent } from '#shared/contracts'
import type { StatementDescription } from '#shared/sqlite'
import type { Inbox } from '../inbox'

/** What one consumer does with domain events. */
export interface EventEffect {
  /** The queue it reads, and its name in the inbox. */
  readonly consumer: string
  /** What the database span of it tells. */
  readonly statement: StatementDescription
  /** To be called inside a transaction. */
  apply(event: DomainEvent, traceId: string | null): void
}

/**
 * Inside a transaction: does it unless it was done before, however the event came to be known. Tells whether it
 * was done now.
 */
export function applyOnce(
  inbox: Inbox,
  effect: EventEffect,
  event: DomainEvent,
  traceId: string | null,
): boolean {
  const isNew = inbox.admit(effect.consumer, event.event_id)
  if (isNew) effect.apply(event, traceId)
  return isNew
}
