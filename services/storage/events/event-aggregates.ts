import { type DomainEvent, EVENTS_ANALYTICS_QUEUE } from '#shared/contracts'
import type { SqliteDatabase } from '#shared/sqlite'
import { createSweeper } from '../sweeper'
import type { EventEffect } from './event-effect'
import { measureEvent } from './measure-event'
import { toHour } from './to-hour'

const TABLE = 'event_aggregates'

const KEY = ['hour', 'event_type', 'service', 'intent', 'engine'] as const

/** Columns that add up. */
const SUMS = [
  'events',
  'valid',
  'invalid',
  'duration_count',
  'duration_us_sum',
  'rating_count',
  'rating_sum',
  'tokens',
] as const

type Row = Record<(typeof KEY)[number] | 'begun_at', string> &
  Record<(typeof SUMS)[number] | 'duration_us_max', number>

/**
 * Most that a sum comes to, whatever senders claim: SQLite makes a fraction of a whole number that has no room, which
 * no column here takes, so that neither this event nor any later one of its row could be counted.
 */
const SUM_MAX = Number.MAX_SAFE_INTEGER

/** An event that claims to occur so much later than now has a wrong clock: no event does. */
const CLOCK_SKEW_MAX_MS = 86_400_000

export interface EventAggregatesOptions {
  /** How long the counts of an hour are kept after the first of them; 0 is for ever. */
  readonly retentionMs: number
  readonly now?: () => number
}

/** Counts and sums of every event that was routed to `events.analytics`, by hour, type, service, intent and engine. */
export function createEventAggregates(
  database: SqliteDatabase,
  { retentionMs, now = Date.now }: EventAggregatesOptions,
): EventEffect {
  const columns = [...KEY, ...SUMS, 'duration_us_max', 'begun_at']
  const statement = {
    operation: 'INSERT',
    table: TABLE,
    sql: `INSERT INTO ${TABLE} (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})
      ON CONFLICT DO UPDATE SET ${SUMS.map((name) => `${name} = min(${name} + excluded.${name}, ${SUM_MAX})`).join(', ')},
        duration_us_max = max(duration_us_max, excluded.duration_us_max)`,
  }
  const upsert = database.prepare<[Row]>(statement.sql)
  const forget = database.prepare<[string, number]>(
    `DELETE FROM ${TABLE} WHERE (${KEY.join(', ')}) IN
      (SELECT ${KEY.join(', ')} FROM ${TABLE} WHERE begun_at < ? ORDER BY begun_at LIMIT ?)`,
  )
  const sweep = createSweeper({
    retentionMs,
    forget: (before, limit) => forget.run(new Date(before).toISOString(), limit),
    now,
  })

  /** Hours to come would stand before all others in what is read newest first. */
  const hourOf = ({ occurred_at }: DomainEvent) => {
    const at = now()
    return toHour(Date.parse(occurred_at) > at + CLOCK_SKEW_MAX_MS ? new Date(at).toISOString() : occurred_at)
  }
  return {
    consumer: EVENTS_ANALYTICS_QUEUE,
    statement,
    apply(event) {
      upsert.run(toRow(event, hourOf(event), new Date(now()).toISOString()))
      sweep()
    },
  }
}

function toRow(event: DomainEvent, hour: string, begun_at: string): Row {
  const { intent, engine, isValid, durationMs, rating, tokens } = measureEvent(event)
  const durationUs = toSummand((durationMs ?? 0) * 1_000)
  return {
    hour,
    begun_at,
    event_type: event.event_type,
    service: event.service,
    intent: intent ?? '',
    engine: engine ?? '',
    events: 1,
    valid: isValid === true ? 1 : 0,
    invalid: isValid === false ? 1 : 0,
    duration_count: durationMs === null ? 0 : 1,
    duration_us_sum: durationUs,
    duration_us_max: durationUs,
    rating_count: rating === null ? 0 : 1,
    rating_sum: rating ?? 0,
    tokens: toSummand(tokens),
  }
}

function toSummand(value: number): number {
  return Math.min(Math.max(0, Math.round(value)), SUM_MAX)
}
