/** What a number counts. Two units can be compared only within one dimension. */
export type Dimension = 'time' | 'bytes' | 'percent' | 'currency'

export interface Unit {
  readonly dimension: Dimension
  /** Size in the dimension's base: seconds, bytes, percent, whole currency units. */
  readonly factor: number
}

const TIME: readonly (readonly [number, readonly string[]])[] = [
  [1e-9, ['ns', 'nano', 'nanos', 'nanosecond', 'nanoseconds']],
  [1e-6, ['us', 'µs', 'micro', 'micros', 'microsecond', 'microseconds']],
  [1e-3, ['ms', 'msec', 'msecs', 'milli', 'millis', 'millisecond', 'milliseconds']],
  [1, ['s', 'sec', 'secs', 'second', 'seconds']],
  [60, ['m', 'min', 'mins', 'minute', 'minutes']],
  [3_600, ['h', 'hr', 'hrs', 'hour', 'hours']],
  [86_400, ['d', 'day', 'days']],
  [604_800, ['w', 'wk', 'wks', 'week', 'weeks']],
  [1_209_600, ['fortnight', 'fortnights']],
  [2_592_000, ['month', 'months', 'mo']],
  [31_536_000, ['year', 'years', 'yr', 'yrs']],
]

/** Decimal prefixes, as the units are written; the binary ones only where a question says KiB, MiB, GiB. */
const BYTES: readonly (readonly [number, readonly string[]])[] = [
  [1, ['b', 'byte', 'bytes']],
  [1e3, ['kb', 'kilobyte', 'kilobytes']],
  [1e6, ['mb', 'megabyte', 'megabytes', 'meg', 'megs']],
  [1e9, ['gb', 'gigabyte', 'gigabytes', 'gig', 'gigs']],
  [1e12, ['tb', 'terabyte', 'terabytes']],
  [1_024, ['kib', 'kibibytes']],
  [1_048_576, ['mib', 'mebibytes']],
  [1_073_741_824, ['gib', 'gibibytes']],
]

const PERCENT: readonly (readonly [number, readonly string[]])[] = [
  [1, ['%', 'percent', 'pct', 'percentage']],
  [100, ['ratio', 'fraction']],
]

/** Currencies are told apart from other dimensions, never converted into one another. */
const CURRENCY: readonly (readonly [number, readonly string[]])[] = [
  [1, ['$', 'usd', 'dollar', 'dollars', 'bucks', '€', 'eur', 'euro', 'euros', '£', 'gbp', 'pound', 'pounds']],
  [1, ['chf', 'francs', 'yen', 'jpy', 'inr', 'rupees', 'ils', 'shekels', 'cad', 'aud', 'brl', 'currency']],
  [0.01, ['cent', 'cents', 'pence', 'minor']],
]

const UNITS: ReadonlyMap<string, Unit> = new Map(
  (
    [
      ['time', TIME],
      ['bytes', BYTES],
      ['percent', PERCENT],
      ['currency', CURRENCY],
    ] as const
  ).flatMap(([dimension, groups]) =>
    groups.flatMap(([factor, names]) => names.map((name): [string, Unit] => [name, { dimension, factor }])),
  ),
)

/** The unit a word names, in any case; undefined for a word that names none. */
export function findUnit(name: string): Unit | undefined {
  return UNITS.get(name.toLowerCase())
}

/**
 * A number of one unit in another of the same dimension, without the noise of binary fractions
 * (0.25 s is 250000 µs, not 250000.00000000003).
 */
export function convertUnit(value: number, from: Unit, to: Unit): number {
  return Number.parseFloat(((value * from.factor) / to.factor).toPrecision(12))
}
