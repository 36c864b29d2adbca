/** What a text is likely meant as where a unit, a time zone or a format is written. */
import { TIMESTAMP_FORMATS } from './units'

/** Words and abbreviations for the units of intervals, in lower case. */
export const SPOKEN_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    w: ['w', 'wk', 'wks', 'week', 'weeks'],
    d: ['d', 'day', 'days'],
    h: ['h', 'hr', 'hrs', 'hour', 'hours'],
    m: ['m', 'min', 'mins', 'minute', 'minutes'],
    s: ['s', 'sec', 'secs', 'second', 'seconds'],
    ms: ['ms', 'msec', 'msecs', 'millis', 'millisecond', 'milliseconds'],
    us: ['us', 'micros', 'microsecond', 'microseconds'],
    ns: ['ns', 'nanos', 'nanosecond', 'nanoseconds'],
  }).flatMap(([unit, words]) => words.map((word) => [word, unit] as const)),
)

/** What functions call the units of intervals. */
const UNIT_NAMES: ReadonlyMap<string, string> = new Map([
  ['w', 'week'],
  ['d', 'day'],
  ['h', 'hour'],
  ['m', 'minute'],
  ['s', 'second'],
  ['ms', 'milli'],
  ['us', 'micro'],
  ['ns', 'nano'],
])

/** Ways people write a part of a date that is no unit of intervals. */
const DATE_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['years', 'year'],
  ['months', 'month'],
  ['dayofyear', 'day_of_year'],
  ['dayofweek', 'day_of_week'],
  ['weekday', 'day_of_week'],
])

/** Which of the units a text most likely means; undefined when it is none of them under another spelling. */
export function unitMeant(text: string, units: readonly string[]): string | undefined {
  // A month, which is no unit of time, and not a minute.
  if (text === 'M') return undefined
  const spelling = text.trim().toLowerCase()
  if (units.includes(spelling)) return spelling
  const word = spelling.replace(/[\s_-]/g, '')
  const unit = DATE_SPELLINGS.get(word) ?? UNIT_NAMES.get(SPOKEN_UNITS.get(word) ?? '')
  return unit !== undefined && units.includes(unit) ? unit : undefined
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
