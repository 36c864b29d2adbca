/** Units, time zones and formats: what the arguments of functions of time may be. */

const TIME_UNIT_NAMES = [
  ['day', 'd'],
  ['hour', 'h'],
  ['minute', 'm'],
  ['second', 's'],
  ['milli', 'ms'],
  ['micro', 'us'],
  ['nano', 'ns'],
] as const

/** The units of time, long and short. */
export const TIME_UNITS: readonly string[] = [
  ...TIME_UNIT_NAMES.map(([long]) => long),
  ...TIME_UNIT_NAMES.map(([, short]) => short),
]

/** The units of dates, long and short, which only a part of a time is named by. */
export const DATE_UNITS: readonly string[] = [
  ...['year', 'month', 'week', 'day_of_year', 'day_of_week'],
  ...['Y', 'M', 'W', 'doy', 'dow'],
]

/** Ways people write a unit, in lower case and without a plural s. */
const UNIT_ALIASES: ReadonlyMap<string, string> = new Map([
  ['hr', 'hour'],
  ['min', 'minute'],
  ['sec', 'second'],
  ['msec', 'milli'],
  ['milli', 'milli'],
  ['millisecond', 'milli'],
  ['usec', 'micro'],
  ['µ', 'micro'],
  ['microsecond', 'micro'],
  ['nsec', 'nano'],
  ['nanosecond', 'nano'],
  ['y', 'year'],
  ['yr', 'year'],
  ['mon', 'month'],
  ['w', 'week'],
  ['wk', 'week'],
  ['dayofyear', 'day_of_year'],
  ['dayofweek', 'day_of_week'],
  ['weekday', 'day_of_week'],
])

/** Which of the units a text most likely means; undefined when it is none of them under another spelling. */
export function unitMeant(text: string, units: readonly string[]): string | undefined {
  // A month, which is no unit of time, and not a minute.
  if (text === 'M') return undefined
  const lower = text.trim().toLowerCase()
  for (const spelling of [lower, lower.replace(/s$/, ''), lower.replace(/[\s_-]/g, '')]) {
    const unit = UNIT_ALIASES.get(spelling) ?? spelling
    if (units.includes(unit)) return unit
  }
  return undefined
}

/** The unit as intervals are written with, for any spelling of it. */
export function shortTimeUnit(text: string): string | undefined {
  const unit = unitMeant(text, TIME_UNITS)
  return TIME_UNIT_NAMES.find(([long, short]) => unit === long || unit === short)?.[1]
}

/** Names of whole formats, which stand for themselves; all else is made of letters after percent signs. */
const TIMESTAMP_FORMATS: ReadonlySet<string> = new Set([
  ...['iso8601', 'iso8601bare', 'auto'],
  ...['timestamp_second', 'timestamp_milli', 'timestamp_micro', 'timestamp_nano'],
])

/** Whether a text is a format, or several of them to be tried in turn, as `%F|timestamp_second`. */
export function looksLikeFormat(text: string): boolean {
  return text.split('|').every((format) => TIMESTAMP_FORMATS.has(format) || format.includes('%'))
}

const OFFSET = /^[+-]\d{2}(:?\d{2})?$/
const SHORTHAND = /^[A-Z]{1,5}\d?[A-Z]{0,3}$/
const IDENTIFIER = /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/

/** Whether a text looks like an offset, a shorthand or an identifier of a time zone. */
export function looksLikeTimeZone(text: string): boolean {
  return OFFSET.test(text) || SHORTHAND.test(text) || IDENTIFIER.test(text)
}
