import type { SortDirection } from '../intermediate'
import { createPhraseTable } from '../phrase-table'

/** What an ordering adjective is about and which end comes first. */
export interface Superlative {
  readonly direction: SortDirection
  /** `time` orders by when, `rank` by whatever the result is measured by, a concept by its field. */
  readonly by: 'time' | 'rank' | 'count' | 'duration' | 'size' | 'amount'
}

export const SUPERLATIVES = createPhraseTable<Superlative>([
  [{ direction: 'asc', by: 'time' }, 'oldest, earliest, least recent'],
  [{ direction: 'desc', by: 'time' }, 'newest, latest, most recent, freshest, recent, recentest'],
  [
    { direction: 'desc', by: 'duration' },
    'slowest, longest, longest running, longest-running, most time consuming, worst performing',
  ],
  [{ direction: 'asc', by: 'duration' }, 'fastest, quickest, shortest'],
  [{ direction: 'desc', by: 'size' }, 'heaviest, biggest, largest, fattest, bulkiest'],
  [{ direction: 'asc', by: 'size' }, 'smallest, lightest, tiniest'],
  [{ direction: 'desc', by: 'amount' }, 'most expensive, costliest, priciest, most valuable'],
  [{ direction: 'asc', by: 'amount' }, 'cheapest, least expensive'],
  [
    { direction: 'desc', by: 'count' },
    'busiest, noisiest, chattiest, most active, most frequent, most common, most popular, ' +
      'most visited, most used, loudest, commonest',
  ],
  [
    { direction: 'asc', by: 'count' },
    'quietest, least active, least frequent, rarest, least common, least popular, least used',
  ],
  [
    { direction: 'desc', by: 'rank' },
    'highest, most, greatest, worst, top, largest, biggest, descending, desc',
  ],
  [{ direction: 'asc', by: 'rank' }, 'lowest, fewest, least, best, smallest, ascending, asc, bottom'],
])
