import { type Interval, intervalSeconds, type Timeframe } from './timeframe'

/** The years a range of time may lie in: from the first that clocks of computers count to the last of four digits. */
export const YEAR_MIN = 1970
export const YEAR_MAX = 9999
/** How long a range of time or one of its steps may be. */
export const YEARS_LASTED_MAX = 100

const INSTANT_MIN = Date.UTC(YEAR_MIN, 0, 1)
const INSTANT_MAX = Date.UTC(YEAR_MAX + 1, 0, 1) - 1
const SECONDS_MAX = YEARS_LASTED_MAX * 366 * 86_400

/** Whether a query can say this range: no record lies outside, and the language writes years with four digits. */
export function isReachable(timeframe: Timeframe): boolean {
  switch (timeframe.kind) {
    case 'last':
      return isInterval(timeframe.interval)
    case 'around':
      return isInstant(timeframe.at)
    case 'between':
      return isInstant(timeframe.from) && (timeframe.to === 'now' || isInstant(timeframe.to))
  }
}

/** False for NaN and infinity too. */
export function isInterval(interval: Interval): boolean {
  return intervalSeconds(interval) <= SECONDS_MAX
}

function isInstant(date: Date): boolean {
  return date.getTime() >= INSTANT_MIN && date.getTime() <= INSTANT_MAX
}
