import type { SqliteDatabase } from '#shared/sqlite'
import { toHour } from './to-hour'

/** What the aggregates say of some events together. */
export interface EventSummary {
  readonly events: number
  readonly valid: number
  readonly invalid: number
  /** Null when none of them tells of a duration. */
  readonly duration_ms: { readonly count: number; readonly mean: number; readonly max: number } | null
  /** Null when none of them tells of a rating. */
  readonly rating: { readonly count: number; readonly mean: number } | null
  readonly tokens: number
}

export interface EventTypeSummary extends EventSummary {
  readonly by_service: Record<string, EventSummary>
  readonly by_intent: Record<string, EventSummary>
  readonly by_engine: Record<string, EventSummary>
  /** By the start of each hour or day, UTC, newest first. */
  readonly by_time: (EventSummary & { readonly start: string })[]
}

export interface EventAnalyticsRange {
  /** Events that occurred in the hour of this time or later. */
  readonly from?: string | undefined
  /** Events that occurred in an hour that began before this time. */
  readonly to?: string | undefined
  readonly bucket: 'hour' | 'day'
  /** Most event types, most groups of one type, and most buckets of one type. */
  readonly limit: number
}

/** Summaries by event type, those with the most events first. */
export type ReadEventAnalytics = (range: EventAnalyticsRange) => Record<string, EventTypeSummary>

interface Row {
  readonly event_type: string
  readonly key: string
  readonly events: number
  readonly valid: number
  readonly invalid: number
  readonly duration_count: number
  readonly duration_us_sum: number
  readonly duration_us_max: number
  readonly rating_count: number
  readonly rating_sum: number
  readonly tokens: number
}

interface Bounds {
  readonly from: string
  readonly to: string
}

/** Before and after every timestamp, compared as text. */
const ALWAYS: Bounds = { from: '', to: '~' }

/** `total` adds up in floating point: unlike `sum` it does not fail when that is more than an integer holds. */
const SUMS = `total(events) AS events, total(valid) AS valid, total(invalid) AS invalid,
  total(duration_count) AS duration_count, total(duration_us_sum) AS duration_us_sum,
  max(duration_us_max) AS duration_us_max, total(rating_count) AS rating_count, total(rating_sum) AS rating_sum,
  total(tokens) AS tokens`

export function createReadEventAnalytics(database: SqliteDatabase): ReadEventAnalytics {
  const groupBy = (key: string, order: string) => {
    const statement = database.prepare<[Bounds], Row>(
      `SELECT event_type, ${key} AS key, ${SUMS} FROM event_aggregates WHERE hour >= @from AND hour < @to
        GROUP BY event_type, key HAVING key <> '' ORDER BY ${order}`,
    )
    return (bounds: Bounds) => Map.groupBy(statement.all(bounds), ({ event_type }) => event_type)
  }
  const byType = groupBy('event_type', 'events DESC, event_type')
  const byService = groupBy('service', 'events DESC, key')
  const byIntent = groupBy('intent', 'events DESC, key')
  const byEngine = groupBy('engine', 'events DESC, key')
  const byTime = {
    hour: groupBy('hour', 'key DESC'),
    day: groupBy("substr(hour, 1, 10) || 'T00:00:00.000Z'", 'key DESC'),
  }

  return ({ from, to, bucket, limit }) => {
    const bounds = {
      from: from === undefined ? ALWAYS.from : toHour(from),
      to: to === undefined ? ALWAYS.to : new Date(to).toISOString(),
    }
    const services = byService(bounds)
    const intents = byIntent(bounds)
    const engines = byEngine(bounds)
    const times = byTime[bucket](bounds)
    const toGroups = (rows: readonly Row[] = []) =>
      Object.fromEntries(rows.slice(0, limit).map((row) => [row.key, toSummary(row)]))

    const types = [...byType(bounds).values()].flat().slice(0, limit)
    return Object.fromEntries(
      types.map((row) => [
        row.event_type,
        {
          ...toSummary(row),
          by_service: toGroups(services.get(row.event_type)),
          by_intent: toGroups(intents.get(row.event_type)),
          by_engine: toGroups(engines.get(row.event_type)),
          by_time: (times.get(row.event_type) ?? [])
            .slice(0, limit)
            .map((time) => ({ start: time.key, ...toSummary(time) })),
        },
      ]),
    )
  }
}

function toSummary(row: Row): EventSummary {
  const { events, valid, invalid, duration_count, rating_count, rating_sum, tokens } = row
  return {
    events,
    valid,
    invalid,
    duration_ms:
      duration_count === 0
        ? null
        : {
            count: duration_count,
            mean: round(row.duration_us_sum / duration_count / 1_000),
            max: round(row.duration_us_max / 1_000),
          },
    rating: rating_count === 0 ? null : { count: rating_count, mean: round(rating_sum / rating_count) },
    tokens,
  }
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
