/** What the literal arguments of functions may be. */

import type { ParameterDomain } from './functions'

/** A literal with what it means. */
export interface LiteralChoice {
  readonly text: string
  readonly summary: string
}

function choices(summaries: Readonly<Record<string, string>>): readonly LiteralChoice[] {
  return Object.entries(summaries).map(([text, summary]) => ({ text, summary }))
}

/** Units of time, in their long and short forms. */
export const TIME_UNITS: readonly LiteralChoice[] = choices({
  day: 'Days.',
  hour: 'Hours.',
  minute: 'Minutes.',
  second: 'Seconds.',
  milli: 'Milliseconds.',
  micro: 'Microseconds.',
  nano: 'Nanoseconds.',
  d: 'Days.',
  h: 'Hours.',
  m: 'Minutes.',
  s: 'Seconds.',
  ms: 'Milliseconds.',
  us: 'Microseconds.',
  ns: 'Nanoseconds.',
})

/** Parts of a date that can be taken out of a time, besides the units of time. */
export const DATE_UNITS: readonly LiteralChoice[] = choices({
  year: 'The year.',
  month: 'The month, from 1.',
  week: 'The week of the year, from 1.',
  day_of_year: 'The day of the year.',
  day_of_week: 'The day of the week.',
  Y: 'The year.',
  M: 'The month, from 1.',
  W: 'The week of the year, from 1.',
  doy: 'The day of the year.',
  dow: 'The day of the week.',
})

/** Formats of times that have a name; any other format is written with the letters of strftime. */
export const TIMESTAMP_FORMATS: readonly LiteralChoice[] = choices({
  iso8601: 'ISO 8601, as without a format.',
  iso8601bare: 'ISO 8601 without a zone.',
  timestamp_second: 'Seconds since 1970.',
  timestamp_milli: 'Milliseconds since 1970.',
  timestamp_micro: 'Microseconds since 1970.',
  timestamp_nano: 'Nanoseconds since 1970.',
  auto: 'Any of them; for reading only.',
  '%Y-%m-%d': 'Year, month and day.',
  '%H:%M:%S': 'Hour, minute and second.',
})

/** Examples of each way to write a time zone. */
export const TIME_ZONES: readonly LiteralChoice[] = choices({
  UTC: 'Universal time.',
  '+01': 'Hours ahead of universal time.',
  '+01:30': 'Hours and minutes ahead of universal time.',
  'Europe/Zurich': 'The time of a place.',
})

/** Literals that are of a domain; none for numbers. */
export const DOMAIN_CHOICES: Readonly<Record<ParameterDomain, readonly LiteralChoice[]>> = {
  'time-unit': TIME_UNITS,
  'date-unit': [...DATE_UNITS, ...TIME_UNITS],
  'time-zone': TIME_ZONES,
  'timestamp-format': TIMESTAMP_FORMATS,
  share: [],
}
