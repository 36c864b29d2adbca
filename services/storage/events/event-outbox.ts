import { context, propagation } from '@opentelemetry/api'
import type { DomainEvent } from '#shared/contracts'
import type { GroupCommit, SqliteDatabase } from '#shared/sqlite'

/** An event that is still to be published. */
export interface OutboxEntry {
  readonly sequence: number
  readonly event: DomainEvent
  /** Tries so far that failed by the event itself. */
  readonly attempts: number
  /** Headers that carry the trace in which it happened. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Events of what was stored, on their way to be published. An entry is
 *
 * - waiting:  put here in the transaction of what it tells of; the oldest is published first
 * - deferred: waiting, and passed by until its time, because it was not taken while others may be
 * - gone:     published
 * - failed:   it will never be taken; it stays here for people, and in nobody's way
 */
export interface EventOutbox {
  /** To be called inside a transaction, in the context of the trace that the event is to be part of. */
  put(event: DomainEvent): void
  /** Those whose time has come, oldest first. */
  next(limit: number): OutboxEntry[]
  /** When the time of the next one comes, milliseconds since the epoch; undefined when none waits. */
  nextDueAt(): number | undefined
  /** Counts a try in vain, and has the entry passed by for `delayMs`, `DEFER_MAX_MS` at most. */
  defer(sequence: number, delayMs: number): Promise<void>
  remove(sequence: number): Promise<void>
  fail(sequence: number, reason: string): Promise<void>
  counts(): OutboxCounts
}

/** Longest time for which an entry is passed by. */
export const DEFER_MAX_MS = 600_000

export interface OutboxCounts {
  /** The deferred ones among them. */
  readonly waiting: number
  readonly deferred: number
  readonly failed: number
}

interface Row {
  readonly sequence: number
  readonly event: string
  readonly headers: string
  readonly attempts: number
}

export function createEventOutbox(
  database: SqliteDatabase,
  group: GroupCommit,
  now: () => number = Date.now,
): EventOutbox {
  const insert = database.prepare<[string, string, string, string]>(
    'INSERT INTO event_outbox (event_id, event, headers, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  // A time that is further away than any is ever set comes from a clock that was set back since.
  const select = database.prepare<[{ now: number; limit: number }], Row>(
    `SELECT sequence, event, headers, attempts FROM event_outbox
      WHERE failure IS NULL AND due_at NOT BETWEEN @now + 1 AND @now + ${DEFER_MAX_MS}
      ORDER BY sequence LIMIT @limit`,
  )
  const nextDue = database.prepare<[], { due_at: number | null }>(
    'SELECT min(due_at) AS due_at FROM event_outbox WHERE failure IS NULL',
  )
  const defer = database.prepare<[number, number]>(
    'UPDATE event_outbox SET attempts = attempts + 1, due_at = ? WHERE sequence = ?',
  )
  const remove = database.prepare<[number]>('DELETE FROM event_outbox WHERE sequence = ?')
  const fail = database.prepare<[string, number]>('UPDATE event_outbox SET failure = ? WHERE sequence = ?')
  const counted = database.prepare<[{ now: number }], OutboxCounts>(
    `SELECT count(*) - count(failure) AS waiting, count(iif(failure IS NULL AND due_at > @now, 1, NULL)) AS deferred,
      count(failure) AS failed FROM event_outbox`,
  )

  return {
    put(event) {
      const headers: Record<string, string> = {}
      propagation.inject(context.active(), headers)
      const { event_id } = event
      insert.run(event_id, JSON.stringify(event), JSON.stringify(headers), new Date().toISOString())
    },
    next: (limit) =>
      select.all({ now: now(), limit }).map(({ sequence, event, headers, attempts }) => ({
        sequence,
        attempts,
        event: JSON.parse(event),
        headers: JSON.parse(headers),
      })),
    nextDueAt: () => nextDue.get()?.due_at ?? undefined,
    async defer(sequence, delayMs) {
      await group.run(() => defer.run(now() + Math.min(delayMs, DEFER_MAX_MS), sequence))
    },
    async remove(sequence) {
      await group.run(() => remove.run(sequence))
    },
    async fail(sequence, reason) {
      await group.run(() => fail.run(reason, sequence))
    },
    counts: () => counted.get({ now: now() }) ?? { waiting: 0, deferred: 0, failed: 0 },
  }
}
