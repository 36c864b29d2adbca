/** The units `last` and time buckets are written in. */
export type IntervalUnit = 'd' | 'h' | 'm' | 's' | 'ms'

export interface Interval {
  readonly amount: number
  readonly unit: IntervalUnit
}

/** The time range a question names. */
export type Timeframe =
  | { readonly kind: 'last'; readonly interval: Interval }
  | { readonly kind: 'between'; readonly from: Date; readonly to: Date | 'now' }
  | { readonly kind: 'around'; readonly at: Date }

const UNIT_SECONDS: readonly (readonly [IntervalUnit, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
]

/**
 * An interval in the unit the question used, or the largest smaller one that makes it a whole number:
 * 90 minutes stay `90m`, a quarter of an hour is `15m`, three weeks are `21d`. At least a millisecond.
 */
export function toInterval(value: number, unitSeconds: number): Interval {
  const seconds = value * unitSeconds
  for (const [unit, size] of UNIT_SECONDS) {
    const amount = Number.parseFloat((seconds / size).toPrecision(12))
    if (size <= unitSeconds && Number.isInteger(amount) && amount > 0) return { amount, unit }
  }
  return { amount: Math.max(1, Math.round(seconds * 1_000)), unit: 'ms' }
}

export function intervalSeconds(interval: Interval): number {
  return interval.amount * (UNIT_SECONDS.find(([unit]) => unit === interval.unit)?.[1] ?? 1)
}
