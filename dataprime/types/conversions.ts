import type { TypeName } from './inferred-type'

const TIMESTAMP_LITERAL = "timestamps begin with @: @'2025-03-01T08:15:00Z', @'now' - 1h"

/** How a value of one type becomes one of another, as "from to". */
const CONVERSIONS: ReadonlyMap<string, string> = new Map([
  ['string timestamp', TIMESTAMP_LITERAL],
  ['number timestamp', "fromUnixTime(number, 'second') makes a timestamp of a number"],
  ['timestamp number', "toUnixTime(timestamp, 'second') makes a number of a timestamp"],
  ['timestamp string', "formatTimestamp(timestamp, '%F') makes a string of a timestamp"],
  ['interval timestamp', "a time that long ago is @'now' - 1h"],
  ['string interval', 'intervals are written without quotes: 5m, 1h30m'],
  ['number interval', "intervals have units, as 5m; toInterval(number, 'second') makes one of a number"],
  ['interval number', "toTimeUnit(interval, 'second') makes a number of an interval"],
  ['string number', 'cast the string, value:number, or leave out its quotes'],
  ['number string', 'cast the number: value:string'],
  ['boolean number', 'if(condition, 1, 0) makes a number of a condition, count_if(condition) counts'],
  ['string boolean', 'true and false are written without quotes'],
  ['regexp string', 'value.matches(/…/) matches a regular expression, regexpSplitParts splits at one'],
  ['string array', 'arraySplit(string, delimiter) makes an array of a string'],
  ['array string', 'arrayJoin(array, delimiter) makes a string of an array'],
])

/** How to make one type of another, as a hint; undefined where there is no usual way. */
export function conversionHint(from: TypeName, to: TypeName): string | undefined {
  return CONVERSIONS.get(`${from} ${to}`)
}
