/**
 * What calls of functions are in words. A phrase has places for the arguments, in the order of the signature:
 *
 * - `$1`:  the argument
 * - `$?1`: the argument as a condition
 * - `$*`:  all arguments, `$+` all but the first
 * - `$s2`: a unit of time as a plural, "seconds"; `$o2` in the singular, "hour"
 *
 * Of several phrases the first that takes just the arguments there are is said.
 */

type Phrases = Readonly<Record<string, readonly string[]>>

const AGGREGATIONS: Phrases = {
  any_value: ['any one record', 'any value of $1'],
  approx_count_distinct: ['the approximate number of distinct values of $*'],
  avg: ['the average of $1'],
  collect: ['the list of values of $1'],
  count: ['the number of rows', 'the number of rows where $1 is present'],
  count_if: ['the number of rows where $?1', 'the number of rows where $?1 and $2 is present'],
  distinct_count: ['the number of distinct values of $1'],
  distinct_count_if: ['the number of distinct values of $2 where $?1'],
  max: ['the maximum of $1', 'the largest of $*'],
  max_by: ['the value of $2 where $1 is largest'],
  median: ['the median of $1'],
  min: ['the minimum of $1', 'the smallest of $*'],
  min_by: ['the value of $2 where $1 is smallest'],
  sample_stddev: ['the sample standard deviation of $1'],
  sample_variance: ['the sample variance of $1'],
  stddev: ['the standard deviation of $1'],
  sum: ['the sum of $1'],
  variance: ['the variance of $1'],
}

const STRINGS: Phrases = {
  byteLength: ['the length of $1 in bytes'],
  chr: ['the character with the code $1'],
  codepoint: ['the code of the character $1'],
  concat: ['$* joined together'],
  decodeBase64: ['the Base64-decoded $1'],
  encodeBase64: ['the Base64-encoded $1'],
  indexOf: ['the position of $2 in $1'],
  length: ['the length of $1'],
  ltrim: ['$1 without leading blanks'],
  pad: ['$1 padded on the left with $3 to $2 characters'],
  padLeft: ['$1 padded on the left with $3 to $2 characters'],
  padRight: ['$1 padded on the right with $3 to $2 characters'],
  regexpSplitParts: ['part $3 of $1 split at $2'],
  rtrim: ['$1 without trailing blanks'],
  splitParts: ['part $3 of $1 split at $2'],
  substr: ['the part of $1 from position $2', '$3 characters of $1 from position $2'],
  substring: ['the part of $1 from position $2', '$3 characters of $1 from position $2'],
  toLowerCase: ['$1 in lower case'],
  toUpperCase: ['$1 in upper case'],
  trim: ['$1 without surrounding blanks'],
  urlDecode: ['the URL-decoded $1'],
  urlEncode: ['the URL-encoded $1'],
}

const NUMBERS: Phrases = {
  abs: ['the absolute value of $1'],
  ceil: ['$1 rounded up'],
  e: ["Euler's number"],
  floor: ['$1 rounded down'],
  fromBase: ['the number that $1 is in base $2'],
  ln: ['the natural logarithm of $1'],
  log: ['the logarithm of $2 to base $1'],
  log2: ['the logarithm of $1 to base 2'],
  mod: ['the remainder of $1 divided by $2'],
  pi: ['pi'],
  power: ['$1 to the power of $2'],
  random: ['a random number from 0 to 1'],
  randomInt: ['a random whole number below $1'],
  round: ['$1 rounded to a whole number', '$1 rounded to $2 decimal places'],
  sqrt: ['the square root of $1'],
  toBase: ['$1 written in base $2'],
}

const TIMES: Phrases = {
  addInterval: ['$1 plus $2'],
  addTime: ['$2 after $1'],
  diffTime: ['the time from $2 to $1'],
  divideInterval: ['$1 divided by $2'],
  extractTime: ['the $o2 of $1', 'the $o2 of $1 in the time zone $3'],
  formatInterval: ['$1 as text', '$1 as text down to $s2'],
  formatTimestamp: [
    '$1 as text',
    '$1 as text in the format $2',
    '$1 as text in the format $2 and the time zone $3',
  ],
  fromUnixTime: ['the time that $1 is in Unix milliseconds', 'the time that $1 is in Unix $s2'],
  multiplyInterval: ['$1 times $2'],
  now: ['now'],
  parseInterval: ['the interval that $1 names'],
  parseTimestamp: [
    'the time that $1 names',
    'the time that $1 names in the format $2',
    'the time that $1 names in the format $2 and the time zone $3',
  ],
  roundInterval: ['$1 in whole $s2'],
  subtractInterval: ['$1 minus $2'],
  subtractTime: ['$2 before $1'],
  toInterval: ['$1 nanoseconds as an interval', '$1 $s2 as an interval'],
  toIso8601DateTime: ['$1 as ISO 8601 text'],
  toTimeUnit: ['$1 in nanoseconds', '$1 in $s2'],
  toUnixTime: ['$1 in Unix milliseconds', '$1 in Unix $s2'],
}

const ARRAYS: Phrases = {
  arrayAppend: ['$1 with $2 added'],
  arrayConcat: ['$1 followed by $2'],
  arrayInsertAt: ['$1 with $3 inserted at position $2'],
  arrayJoin: ['the elements of $1 joined by $2'],
  arrayLength: ['the number of elements of $1'],
  arrayRemove: ['$1 without $2'],
  arrayRemoveAt: ['$1 without the element at position $2'],
  arrayReplaceAll: ['$1 with $3 in place of every $2'],
  arrayReplaceAt: ['$1 with $3 in place of the element at position $2'],
  arraySort: ['$1 in sorted order'],
  arraySplit: ['$1 split at $2'],
  cardinality: ['the number of distinct elements of $1'],
  setDiff: ['the elements of $1 that are not in $2'],
  setDiffSymmetric: ['the elements of $1 and $2 that are not in both'],
  setIntersection: ['the elements that $1 and $2 share'],
  setUnion: ['the elements of $1 or $2'],
}

const OTHERS: Phrases = {
  firstNonNull: ['the first of $* that is present'],
  ipPrefix: ['the first $2 bits of the address $1'],
  randomUuid: ['a random UUID'],
  toNumber: ['$1 (as a number)'],
  toTimestamp: ['$1 (as a timestamp)'],
  recordLocation: ['the location of the record'],
}

const VALUES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({ ...AGGREGATIONS, ...STRINGS, ...NUMBERS, ...TIMES, ...ARRAYS, ...OTHERS }),
)

/** The names before their deprecation. */
const FORMER_NAMES: ReadonlyMap<string, string> = new Map([
  ['parseToTimestamp', 'parseTimestamp'],
  ['timeRound', 'roundTime'],
  ['uuid', 'randomUuid'],
])

/** Functions that are true or false: what is said when they hold, and when they do not. */
const CONDITIONS: ReadonlyMap<string, readonly [holds: string, fails: string]> = new Map([
  ['arrayContains', ['$1 contains $2', '$1 does not contain $2']],
  ['contains', ['$1 contains $2', '$1 does not contain $2']],
  ['endsWith', ['$1 ends with $2', '$1 does not end with $2']],
  ['in', ['$1 is one of $+', '$1 is none of $+']],
  ['inArray', ['$1 is in $2', '$1 is not in $2']],
  ['ipInRange', ['$1 is between $2 and $3', '$1 is not between $2 and $3']],
  ['ipInSubnet', ['$1 is in the subnet $2', '$1 is not in the subnet $2']],
  ['isEmpty', ['$1 is empty', '$1 is not empty']],
  ['isSubset', ['every element of $1 is in $2', 'not every element of $1 is in $2']],
  ['isSuperset', ['every element of $2 is in $1', 'not every element of $2 is in $1']],
  ['isUuid', ['$1 is a UUID', '$1 is not a UUID']],
  ['matches', ['$1 matches $2', '$1 does not match $2']],
  ['setEqualsTo', ['$1 and $2 have the same elements', '$1 and $2 do not have the same elements']],
  ['startsWith', ['$1 starts with $2', '$1 does not start with $2']],
  ['textSearch', ['$1 mentions $2', '$1 does not mention $2']],
])

/** The current name of a function. */
export function currentName(name: string): string {
  return FORMER_NAMES.get(name) ?? name
}

/** The phrase for a call of a function with so many arguments, if there is one. */
export function valuePhrase(name: string, count: number): string | undefined {
  return VALUES.get(currentName(name))?.find((phrase) => takes(phrase, count))
}

/** The same for a function that is true or false. */
export function conditionPhrase(name: string, holds: boolean, count: number): string | undefined {
  const phrase = CONDITIONS.get(name)?.[holds ? 0 : 1]
  return phrase !== undefined && takes(phrase, count) ? phrase : undefined
}

function takes(phrase: string, count: number): boolean {
  if (phrase.includes('$*')) return count > 0
  if (phrase.includes('$+')) return count > 1
  return Math.max(0, ...[...phrase.matchAll(/\$\D?(\d)/g)].map(([, place]) => Number(place))) === count
}

/** Units of time by all their names, as they are said of one and of many. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...[
    ['day', 'd'],
    ['hour', 'h'],
    ['minute', 'm'],
    ['second', 's'],
    ['year', 'Y'],
    ['month', 'M'],
    ['week', 'W'],
  ].flatMap((names) => names.map((name) => [name, names[0] as string] as const)),
  ...['milli', 'ms'].map((name) => [name, 'millisecond'] as const),
  ...['micro', 'us'].map((name) => [name, 'microsecond'] as const),
  ...['nano', 'ns'].map((name) => [name, 'nanosecond'] as const),
  ...['day_of_year', 'doy'].map((name) => [name, 'day of the year'] as const),
  ...['day_of_week', 'dow'].map((name) => [name, 'day of the week'] as const),
])

/** "hour" for `'hour'` and `'h'`; undefined for what names no unit. */
export function sayUnit(name: string): string | undefined {
  return UNITS.get(name)
}
