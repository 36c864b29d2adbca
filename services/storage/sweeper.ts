import type { SqliteDatabase } from '#shared/sqlite'

export interface SweeperOptions {
  /** How long rows are kept; 0 is for ever. */
  readonly retentionMs: number
  /** Deletes up to `limit` rows from before a time, milliseconds since the epoch, the oldest first. */
  readonly forget: (before: number, limit: number) => void
  readonly now?: () => number
}

/** Each so many rows, twice as many old ones are forgotten: small steps that keep up. */
const SWEEP_EVERY = 64

/**
 * Trims a table with the rows that are added to it: what is returned is to be called for each of them, inside its
 * transaction.
 */
export function createSweeper({ retentionMs, forget, now = Date.now }: SweeperOptions): () => void {
  let added = 0
  return () => {
    added += 1
    if (retentionMs > 0 && added % SWEEP_EVERY === 0) forget(now() - retentionMs, 2 * SWEEP_EVERY)
  }
}

export interface TableSweeperOptions {
  readonly table: string
  /** Column with whole numbers that grow with each row added, whatever times the rows tell of. */
  readonly numberedBy: string
  /** Column with the time at which the row was added, as `toISOString` writes it. */
  readonly addedAt: string
  /** How long rows are kept; 0 is for ever. */
  readonly retentionMs: number
  readonly now?: () => number
}

/** A sweeper of rows by when they were added. */
export function createTableSweeper(
  database: SqliteDatabase,
  { table, numberedBy, addedAt, retentionMs, now }: TableSweeperOptions,
): () => void {
  const forget = database.prepare<[number, string]>(
    `DELETE FROM ${table} WHERE ${numberedBy} IN (SELECT ${numberedBy} FROM ${table} ORDER BY ${numberedBy} LIMIT ?)
      AND ${addedAt} < ?`,
  )
  return createSweeper({
    retentionMs,
    forget: (before, limit) => forget.run(limit, new Date(before).toISOString()),
    ...(now !== undefined && { now }),
  })
}
