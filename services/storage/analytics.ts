import type { SqliteDatabase } from '#shared/sqlite'
import type { EventAnalyticsRange, EventTypeSummary, ReadEventAnalytics } from './events/event-analytics'

export interface Analytics {
  readonly requests: number
  readonly by_intent: Record<string, number>
  readonly by_outcome: Record<string, number>
  readonly by_engine: Record<string, number>
  readonly by_complexity: Record<string, number>
  /** By event type. */
  readonly events: Record<string, EventTypeSummary>
}

/** The range is one of events; requests are counted over all that are kept. */
export type ReadAnalytics = (range: EventAnalyticsRange) => Analytics

/** Counts over everything stored. */
export function createReadAnalytics(
  database: SqliteDatabase,
  readEventAnalytics: ReadEventAnalytics,
): ReadAnalytics {
  const countBy = (column: string) => {
    const statement = database.prepare<[], { key: string; count: number }>(
      `SELECT ${column} AS key, count(*) AS count FROM processed_requests
        WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY count DESC`,
    )
    return () => Object.fromEntries(statement.all().map(({ key, count }) => [key, count]))
  }
  const byIntent = countBy('intent')
  const byOutcome = countBy('outcome')
  const byEngine = countBy('engine')
  const byComplexity = countBy('complexity_level')

  return (range) => {
    const outcomes = byOutcome()
    return {
      requests: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
      by_intent: byIntent(),
      by_outcome: outcomes,
      by_engine: byEngine(),
      by_complexity: byComplexity(),
      events: readEventAnalytics(range),
    }
  }
}
