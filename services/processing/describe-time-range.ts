import type { TimeRange } from '#dataprime'

/** A time range in the language's own words: `last 1h`, `between @'…' and @'now'`. */
export function describeTimeRange(range: TimeRange): string {
  switch (range.kind) {
    case 'last':
      return `last ${range.interval}`
    case 'between':
      return `between ${range.from} and ${range.to}`
    case 'around':
      return range.interval === null
        ? `around ${range.time}`
        : `around ${range.time} interval ${range.interval}`
    case 'timeshifted':
      return `timeshifted ${range.interval}`
  }
}
