import { type DomainEvent, EVENTS_ANALYTICS_QUEUE } from '#shared/contracts'
import type { SqliteDatabase } from '#shared/sqlite'
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

type Row = Record<(typeof KEY)[number], string> & Record<(typeof SUMS)[number] | 'duration_us_max', number>

/** Counts and sums of every event that was routed to `events.analytics`, by hour, type, service, intent and engine. */
export function createEventAggregates(database: SqliteDatabase): EventEffect {
  const columns = [...KEY, ...SUMS, 'duration_us_max']
  const statement = {
    operation: 'INSERT',
    table: TABLE,
    sql: `INSERT INTO ${TABLE} (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})
      ON CONFLICT DO UPDATE SET ${SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
        duration_us_max = max(duration_us_max, excluded.duration_us_max)`,
  }
  const upsert = database.prepare<[Row]>(statement.sql)
  return {
    consumer: EVENTS_ANALYTICS_QUEUE,
    statement,
    apply(event) {
      upsert.run(toRow(event))
    },
  }
}

function toRow(event: DomainEvent): Row {
  const { intent, engine, isValid, durationMs, rating, tokens } = measureEvent(event)
  const durationUs = Math.round((durationMs ?? 0) * 1_000)
  return {
    hour: toHour(event.occurred_at),
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
    tokens,
  }
}
