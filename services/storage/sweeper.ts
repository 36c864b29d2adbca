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
