import { context, propagation } from '@opentelemetry/api'
import type { DomainEvent } from '#shared/contracts'
import type { GroupCommit, SqliteDatabase } from '#shared/sqlite'

/** An event that is still to be published. */
export interface OutboxEntry {
  readonly sequence: number
  readonly event: DomainEvent
  /** Headers that carry the trace in which it happened. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Events of what was stored, on their way to be published. An entry is
 *
 * - waiting: put here in the transaction of what it tells of; the oldest is published first
 * - gone:    published
 * - failed:  it will never be taken; it stays here for people, and in nobody's way
 */
export interface EventOutbox {
  /** To be called inside a transaction, in the context of the trace that the event is to be part of. */
  put(event: DomainEvent): void
  next(limit: number): OutboxEntry[]
  remove(sequence: number): Promise<void>
  fail(sequence: number, reason: string): Promise<void>
  counts(): OutboxCounts
}

export interface OutboxCounts {
  readonly waiting: number
  readonly failed: number
}

interface Row {
  readonly sequence: number
  readonly event: string
  readonly headers: string
}

export function createEventOutbox(database: SqliteDatabase, group: GroupCommit): EventOutbox {
  const insert = database.prepare<[string, string, string, string]>(
    'INSERT INTO event_outbox (event_id, event, headers, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const select = database.prepare<[number], Row>(
    'SELECT sequence, event, headers FROM event_outbox WHERE failure IS NULL ORDER BY sequence LIMIT ?',
  )
  const remove = database.prepare<[number]>('DELETE FROM event_outbox WHERE sequence = ?')
  const fail = database.prepare<[string, number]>('UPDATE event_outbox SET failure = ? WHERE sequence = ?')
  const counted = database.prepare<[], OutboxCounts>(
    'SELECT count(*) - count(failure) AS waiting, count(failure) AS failed FROM event_outbox',
  )

  return {
    put(event) {
      const headers: Record<string, string> = {}
      propagation.inject(context.active(), headers)
      const { event_id } = event
      insert.run(event_id, JSON.stringify(event), JSON.stringify(headers), new Date().toISOString())
    },
    next: (limit) =>
      select.all(limit).map(({ sequence, event, headers }) => ({
        sequence,
        event: JSON.parse(event),
        headers: JSON.parse(headers),
      })),
    async remove(sequence) {
      await group.run(() => remove.run(sequence))
    },
    async fail(sequence, reason) {
      await group.run(() => fail.run(reason, sequence))
    },
    counts: () => counted.get() ?? { waiting: 0, failed: 0 },
  }
}
