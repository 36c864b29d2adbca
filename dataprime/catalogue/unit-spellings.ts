/** What a text is likely meant as where a unit, a time zone or a format is written. */
import { TIMESTAMP_FORMATS } from './units'

/** Ways people write a unit, in lower case. */
const UNIT_ALIASES: ReadonlyMap<string, string> = new Map([
  ...['day', 'hour', 'minute', 'second', 'milli', 'micro', 'nano'].map((unit) => [`${unit}s`, unit] as const),
  ...['year', 'month', 'week'].map((unit) => [`${unit}s`, unit] as const),
  ['hr', 'hour'],
  ['hrs', 'hour'],
  ['min', 'minute'],
  ['mins', 'minute'],
  ['sec', 'second'],
  ['secs', 'second'],
  ['msec', 'milli'],
  ['millisecond', 'milli'],
  ['milliseconds', 'milli'],
  ['microsecond', 'micro'],
  ['microseconds', 'micro'],
  ['nanosecond', 'nano'],
  ['nanoseconds', 'nano'],
  ['dayofyear', 'day_of_year'],
  ['dayofweek', 'day_of_week'],
  ['weekday', 'day_of_week'],
])

/** Which of the units a text most likely means; undefined when it is none of them under another spelling. */
export function unitMeant(text: string, units: readonly string[]): string | undefined {
  // A month, which is no unit of time, and not a minute.
  if (text === 'M') return undefined
  const spelling = text.trim().toLowerCase()
  const unit = UNIT_ALIASES.get(spelling.replace(/[\s_-]/g, '')) ?? spelling
  return units.includes(unit) ? unit : undefined
}

/** Names of whole formats, which stand for themselves; all else is made of letters after percent signs. */
const NAMED_FORMATS: ReadonlySet<string> = new Set(TIMESTAMP_FORMATS.map(({ text }) => text))

/** Whether a text is a format, or several of them to be tried in turn, as `%F|timestamp_second`. */
export function looksLikeFormat(text: string): boolean {
  return text.split('|').every((format) => NAMED_FORMATS.has(format) || format.includes('%'))
}

const OFFSET = /^[+-]\d{2}(:?\d{2})?$/
const SHORTHAND = /^[A-Z]{1,5}\d?[A-Z]{0,3}$/
const IDENTIFIER = /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/

/** Whether a text looks like an offset, a shorthand or an identifier of a time zone. */
export function looksLikeTimeZone(text: string): boolean {
  return OFFSET.test(text) || SHORTHAND.test(text) || IDENTIFIER.test(text)
}
