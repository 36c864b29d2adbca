/**
 * The functions of the language, as data: the checks, documentation, completion and prompts read this one
 * list. Every scalar function is also a method of its first argument, and so are the aggregations.
 */

/** Types of values; `any` takes everything, `same` as a result is the type of the value that is picked. */
export type ValueType =
  | 'any'
  | 'same'
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'interval'
  | 'regexp'
  | 'array'
  | 'object'

/** What a literal argument must be one of; a date unit may also be a time unit. */
export type ParameterDomain = 'time-unit' | 'date-unit' | 'time-zone' | 'timestamp-format' | 'share'

export interface Parameter {
  readonly name: string
  /** More than one when the function takes any of them. */
  readonly types: readonly ValueType[]
  readonly optional: boolean
  /** The last parameter may be given any number of times. */
  readonly variadic: boolean
  /** The documentation writes the name in a call: `tz='+02'`. */
  readonly named: boolean
  readonly domain: ParameterDomain | null
  /** The smallest number it may be, where there is one. */
  readonly least: number | null
  /** The function may answer with this value itself, or with an array of such values. */
  readonly picked: boolean
}

export type FunctionKind = 'scalar' | 'aggregate'

export type FunctionGroup = 'aggregation' | 'string' | 'number' | 'time' | 'array' | 'general'

/** How many arguments a function takes. */
export interface Arity {
  readonly least: number
  readonly most: number
}

export interface FunctionSignature {
  readonly name: string
  readonly kind: FunctionKind
  readonly group: FunctionGroup
  readonly parameters: readonly Parameter[]
  readonly arity: Arity
  readonly result: ValueType
  /** The type of the elements when the result is an array: `same` as the picked values, `any` as in a picked array. */
  readonly element: ValueType
  readonly summary: string
  /** What to use instead of a function that is deprecated. */
  readonly deprecatedFor: string | null
  /** False for functions that are named somewhere without a page of their own; calls get a warning at most. */
  readonly documented: boolean
}

// ---------------------------------------------------------------------------------------------------------
// Parameters

interface ParameterOptions {
  readonly optional?: boolean
  readonly variadic?: boolean
  readonly named?: boolean
  readonly domain?: ParameterDomain
  readonly least?: number
  readonly picked?: boolean
}

function parameter(
  name: string,
  types: ValueType | readonly ValueType[],
  options: ParameterOptions = {},
): Parameter {
  return {
    name,
    types: typeof types === 'string' ? [types] : types,
    optional: options.optional ?? false,
    variadic: options.variadic ?? false,
    named: options.named ?? false,
    domain: options.domain ?? null,
    least: options.least ?? null,
    picked: options.picked ?? false,
  }
}

const OPTIONAL = { optional: true } as const
const OPTIONAL_NAMED = { optional: true, named: true } as const
const VARIADIC = { variadic: true } as const
const PICKED = { picked: true } as const

/** The types whose values have an order; a severity has one too. */
const SORTABLE: readonly ValueType[] = ['string', 'boolean', 'number', 'interval', 'timestamp', 'regexp']

const value = parameter('value', 'any')
const text = parameter('string', 'string')
const condition = parameter('condition', 'boolean')
const numeric = parameter('number', 'number')
const array = parameter('array', 'array')
const arrayToChange = parameter('array', 'array', PICKED)
const other = parameter('other', 'array')
const timestamp = parameter('timestamp', 'timestamp')
const interval = parameter('interval', 'interval')
/** The parts of a string are counted from 1, the elements of an array from 0. */
const partNumber = parameter('index', 'number', { least: 1 })
const sortKey = parameter('sortKey', SORTABLE)
const optionalUnit = parameter('unit', 'string', { optional: true, domain: 'time-unit' })
const timeZone = parameter('tz', 'string', { optional: true, named: true, domain: 'time-zone' })
const format = parameter('format', 'string', { optional: true, named: true, domain: 'timestamp-format' })

// ---------------------------------------------------------------------------------------------------------
// Signatures

function define(
  group: FunctionGroup,
  kind: FunctionKind,
): (name: string, parameters: readonly Parameter[], result: ValueType, summary: string) => FunctionSignature {
  return (name, parameters, result, summary) => ({
    name,
    kind,
    group,
    parameters,
    arity: arityOf(parameters),
    result,
    element: 'any',
    summary,
    deprecatedFor: null,
    documented: true,
  })
}

function arityOf(parameters: readonly Parameter[]): Arity {
  const variadic = parameters.at(-1)?.variadic === true
  return {
    least: parameters.filter(({ optional }) => !optional).length,
    most: variadic ? Number.POSITIVE_INFINITY : parameters.length,
  }
}

const aggregation = define('aggregation', 'aggregate')
const ofString = define('string', 'scalar')
const ofNumber = define('number', 'scalar')
const ofTime = define('time', 'scalar')
const ofArray = define('array', 'scalar')
const general = define('general', 'scalar')

function deprecated(signature: FunctionSignature, replacement: string): FunctionSignature {
  return { ...signature, deprecatedFor: replacement }
}

function withElements(element: ValueType, signature: FunctionSignature): FunctionSignature {
  return { ...signature, element }
}

function undocumented(signature: FunctionSignature): FunctionSignature {
  return { ...signature, documented: false }
}

const AGGREGATIONS: readonly FunctionSignature[] = [
  aggregation(
    'any_value',
    [parameter('expression', 'any', { optional: true, picked: true })],
    'same',
    'Some value of the group that is not null.',
  ),
  aggregation(
    'approx_count_distinct',
    [parameter('expression', 'any', VARIADIC)],
    'number',
    'About how many different values there are.',
  ),
  aggregation('avg', [parameter('expression', 'number')], 'number', 'The mean.'),
  withElements(
    'same',
    aggregation(
      'collect',
      [
        parameter('expression', 'any', PICKED),
        parameter('distinct', 'boolean', OPTIONAL_NAMED),
        parameter('limit', 'number', { ...OPTIONAL_NAMED, least: 1 }),
        parameter('ignoreNulls', 'boolean', OPTIONAL_NAMED),
      ],
      'array',
      'The values as an array.',
    ),
  ),
  aggregation(
    'count',
    [parameter('expression', 'any', OPTIONAL)],
    'number',
    'How many rows there are, or values that are not null.',
  ),
  aggregation(
    'count_if',
    [condition, parameter('expression', 'any', OPTIONAL)],
    'number',
    'For how many rows the condition is true.',
  ),
  aggregation(
    'distinct_count',
    [parameter('expression', 'any')],
    'number',
    'How many different values there are.',
  ),
  aggregation(
    'distinct_count_if',
    [condition, parameter('expression', 'any')],
    'number',
    'How many different values there are among the rows for which the condition is true.',
  ),
  aggregation(
    'max',
    [parameter('expression', ['number', 'timestamp', 'interval', 'string'], PICKED)],
    'same',
    'The largest value.',
  ),
  aggregation(
    'min',
    [parameter('expression', ['number', 'timestamp', 'interval', 'string'], PICKED)],
    'same',
    'The smallest value.',
  ),
  aggregation(
    'max_by',
    [sortKey, parameter('expression', 'any', PICKED)],
    'same',
    'The value of the row with the largest sort key.',
  ),
  aggregation(
    'min_by',
    [sortKey, parameter('expression', 'any', PICKED)],
    'same',
    'The value of the row with the smallest sort key.',
  ),
  undocumented(aggregation('median', [parameter('expression', 'number')], 'number', 'The middle value.')),
  aggregation(
    'percentile',
    [
      parameter('percentile', 'number', { domain: 'share' }),
      parameter('expression', 'number'),
      parameter('error_threshold', 'number', OPTIONAL_NAMED),
    ],
    'number',
    'The value below which the given share, 0 to 1, of all values lies; approximate.',
  ),
  aggregation(
    'sample_stddev',
    [parameter('expression', 'number')],
    'number',
    'The standard deviation of a sample.',
  ),
  aggregation('sample_variance', [parameter('expression', 'number')], 'number', 'The variance of a sample.'),
  aggregation('stddev', [parameter('expression', 'number')], 'number', 'The standard deviation.'),
  aggregation('sum', [parameter('expression', 'number')], 'number', 'The sum.'),
  aggregation('variance', [parameter('expression', 'number')], 'number', 'The variance.'),
]

const STRING_FUNCTIONS: readonly FunctionSignature[] = [
  ofString('byteLength', [text], 'number', 'The length in bytes.'),
  ofString('chr', [numeric], 'string', 'The character of a code point.'),
  ofString('codepoint', [text], 'number', 'The code point of a character.'),
  ofString('concat', [parameter('value', 'string', VARIADIC)], 'string', 'The strings one after the other.'),
  ofString(
    'contains',
    [text, parameter('substring', 'string')],
    'boolean',
    'Whether the string holds the other; case counts.',
  ),
  ofString('decodeBase64', [text], 'string', 'The text of a Base64 encoding.'),
  ofString('encodeBase64', [text], 'string', 'The Base64 encoding.'),
  ofString(
    'endsWith',
    [text, parameter('suffix', 'string')],
    'boolean',
    'Whether the string ends with the other; case counts.',
  ),
  ofString('indexOf', [text, parameter('substring', 'string')], 'number', 'Where the other string begins.'),
  ofString('length', [text], 'number', 'The length in characters.'),
  ofString('ltrim', [text], 'string', 'Without white space at the start.'),
  ofString(
    'matches',
    [text, parameter('regexp', ['regexp', 'string'])],
    'boolean',
    'Whether the regular expression matches.',
  ),
  ofString(
    'pad',
    [text, parameter('charCount', 'number'), parameter('fillWith', 'string')],
    'string',
    'Filled up on the left to a length.',
  ),
  ofString(
    'padLeft',
    [text, parameter('charCount', 'number'), parameter('fillWith', 'string')],
    'string',
    'Filled up on the left to a length.',
  ),
  ofString(
    'padRight',
    [text, parameter('charCount', 'number'), parameter('fillWith', 'string')],
    'string',
    'Filled up on the right to a length.',
  ),
  ofString(
    'regexpSplitParts',
    [text, parameter('delimiter', ['regexp', 'string']), partNumber],
    'string',
    'One part, from 1, of the string split at a regular expression.',
  ),
  ofString('rtrim', [text], 'string', 'Without white space at the end.'),
  ofString(
    'splitParts',
    [text, parameter('delimiter', 'string'), partNumber],
    'string',
    'One part, from 1, of the string split at a delimiter.',
  ),
  ofString(
    'startsWith',
    [text, parameter('prefix', 'string')],
    'boolean',
    'Whether the string begins with the other; case counts.',
  ),
  ofString(
    'substr',
    [text, parameter('from', 'number'), parameter('length', 'number', OPTIONAL)],
    'string',
    'A part of the string.',
  ),
  undocumented(
    deprecated(
      ofString(
        'substring',
        [text, parameter('from', 'number'), parameter('length', 'number', OPTIONAL)],
        'string',
        'A part of the string, as older pages name it.',
      ),
      'substr',
    ),
  ),
  ofString(
    'textSearch',
    [parameter('target', 'any'), parameter('phrase', 'string')],
    'boolean',
    'Whether the phrase occurs, as with the operator ~.',
  ),
  ofString('toLowerCase', [text], 'string', 'In lower case.'),
  ofString('toUpperCase', [text], 'string', 'In upper case.'),
  ofString('trim', [text], 'string', 'Without white space at both ends.'),
  ofString('urlDecode', [text], 'string', 'The text of a URL encoding.'),
  ofString('urlEncode', [text], 'string', 'The URL encoding.'),
]

const NUMBER_FUNCTIONS: readonly FunctionSignature[] = [
  ofNumber('abs', [numeric], 'number', 'Without its sign.'),
  ofNumber('ceil', [numeric], 'number', 'Rounded up to a whole number.'),
  ofNumber('e', [], 'number', "Euler's number."),
  ofNumber('floor', [numeric], 'number', 'Rounded down to a whole number.'),
  ofNumber('fromBase', [text, parameter('radix', 'number')], 'number', 'The number written in a base.'),
  ofNumber('ln', [numeric], 'number', 'The natural logarithm.'),
  ofNumber(
    'log',
    [parameter('base', 'number'), numeric],
    'number',
    'The logarithm to a base; the base comes first.',
  ),
  ofNumber('log2', [numeric], 'number', 'The logarithm to base 2.'),
  ofNumber(
    'max',
    [parameter('value', 'number'), parameter('other', 'number', VARIADIC)],
    'number',
    'The largest of several values of a row.',
  ),
  ofNumber(
    'min',
    [parameter('value', 'number'), parameter('other', 'number', VARIADIC)],
    'number',
    'The smallest of several values of a row.',
  ),
  ofNumber('mod', [numeric, parameter('divisor', 'number')], 'number', 'The remainder of a division.'),
  ofNumber('pi', [], 'number', 'The number pi.'),
  ofNumber('power', [numeric, parameter('exponent', 'number')], 'number', 'Raised to a power.'),
  ofNumber('random', [], 'number', 'A random number from 0 to 1.'),
  ofNumber(
    'randomInt',
    [parameter('upperBound', 'number')],
    'number',
    'A random whole number below a bound.',
  ),
  ofNumber(
    'round',
    [numeric, parameter('digits', 'number', OPTIONAL)],
    'number',
    'Rounded to a number of digits.',
  ),
  ofNumber('sqrt', [numeric], 'number', 'The square root.'),
  ofNumber('toBase', [numeric, parameter('radix', 'number')], 'string', 'Written in a base.'),
]

const TIME_FUNCTIONS: readonly FunctionSignature[] = [
  ofTime(
    'addInterval',
    [parameter('left', 'interval'), parameter('right', 'interval')],
    'interval',
    'The sum of two intervals.',
  ),
  ofTime('addTime', [timestamp, interval], 'timestamp', 'Later by an interval, as with +.'),
  ofTime(
    'diffTime',
    [parameter('to', 'timestamp'), parameter('from', 'timestamp')],
    'interval',
    'How much later one time is than another.',
  ),
  ofTime(
    'divideInterval',
    [interval, parameter('divisor', 'number')],
    'interval',
    'An interval divided by a number.',
  ),
  ofTime(
    'extractTime',
    [timestamp, parameter('unit', 'string', { domain: 'date-unit' }), timeZone],
    'number',
    'A part of a time, such as its hour.',
  ),
  ofTime(
    'formatInterval',
    [interval, parameter('scale', 'string', { optional: true, named: true, domain: 'time-unit' })],
    'string',
    'An interval as text.',
  ),
  ofTime('formatTimestamp', [timestamp, format, timeZone], 'string', 'A time as text.'),
  ofTime(
    'fromUnixTime',
    [parameter('unixTime', 'number'), optionalUnit],
    'timestamp',
    'The time of a number of milliseconds, or another unit, since 1970.',
  ),
  ofTime(
    'multiplyInterval',
    [interval, parameter('factor', 'number')],
    'interval',
    'An interval multiplied by a number.',
  ),
  ofTime('now', [parameter('offset', 'interval', OPTIONAL)], 'timestamp', 'The time of the query.'),
  ofTime('parseInterval', [text], 'interval', 'The interval that a text names.'),
  ofTime('parseTimestamp', [text, format, timeZone], 'timestamp', 'The time that a text names.'),
  deprecated(
    ofTime('parseToTimestamp', [text, format, timeZone], 'timestamp', 'The time that a text names.'),
    'parseTimestamp',
  ),
  ofTime(
    'roundInterval',
    [interval, parameter('unit', 'string', { domain: 'time-unit' })],
    'interval',
    'Rounded down to a unit.',
  ),
  ofTime('roundTime', [timestamp, interval], 'timestamp', 'Rounded down to an interval, as with /.'),
  ofTime(
    'subtractInterval',
    [parameter('left', 'interval'), parameter('right', 'interval')],
    'interval',
    'The difference of two intervals.',
  ),
  ofTime('subtractTime', [timestamp, interval], 'timestamp', 'Earlier by an interval, as with -.'),
  deprecated(
    ofTime('timeRound', [timestamp, interval], 'timestamp', 'Rounded down to an interval.'),
    'roundTime',
  ),
  ofTime(
    'toInterval',
    [numeric, optionalUnit],
    'interval',
    'A number of nanoseconds, or another unit, as an interval.',
  ),
  deprecated(
    ofTime('toIso8601DateTime', [timestamp], 'string', 'A time as ISO 8601 text.'),
    "formatTimestamp(timestamp, 'iso8601')",
  ),
  ofTime(
    'toTimeUnit',
    [interval, optionalUnit],
    'number',
    'An interval as a number of nanoseconds, or another unit.',
  ),
  ofTime('toUnixTime', [timestamp, optionalUnit], 'number', 'Milliseconds, or another unit, since 1970.'),
]

const position = parameter('position', 'number')

const ARRAY_FUNCTIONS: readonly FunctionSignature[] = [
  ofArray('arrayAppend', [arrayToChange, value], 'array', 'With an element added at the end.'),
  ofArray('arrayConcat', [arrayToChange, other], 'array', 'Two arrays one after the other.'),
  ofArray('arrayContains', [array, value], 'boolean', 'Whether the array holds an element.'),
  ofArray('arrayInsertAt', [arrayToChange, position, value], 'array', 'With an element inserted.'),
  ofArray('arrayJoin', [array, parameter('delimiter', 'string')], 'string', 'The elements as one text.'),
  ofArray('arrayLength', [array], 'number', 'How many elements there are.'),
  ofArray('arrayRemove', [arrayToChange, value], 'array', 'Without an element.'),
  ofArray('arrayRemoveAt', [arrayToChange, position], 'array', 'Without the element at a position.'),
  ofArray(
    'arrayReplaceAll',
    [arrayToChange, value, parameter('newValue', 'any')],
    'array',
    'With an element replaced wherever it occurs.',
  ),
  ofArray(
    'arrayReplaceAt',
    [arrayToChange, position, value],
    'array',
    'With the element at a position replaced.',
  ),
  ofArray(
    'arraySort',
    [
      arrayToChange,
      parameter('desc', 'boolean', OPTIONAL_NAMED),
      parameter('nullsFirst', 'boolean', OPTIONAL_NAMED),
    ],
    'array',
    'Sorted.',
  ),
  withElements(
    'string',
    ofArray(
      'arraySplit',
      [text, parameter('delimiter', ['string', 'regexp'])],
      'array',
      'The parts of a text.',
    ),
  ),
  ofArray('cardinality', [array], 'number', 'How many different elements there are.'),
  ofArray('inArray', [value, array], 'boolean', 'Whether the value is an element of the array.'),
  ofArray('isEmpty', [array], 'boolean', 'Whether there are no elements.'),
  ofArray('isSubset', [array, other], 'boolean', 'Whether every element is in the other array.'),
  ofArray(
    'isSuperset',
    [array, other],
    'boolean',
    'Whether every element of the other array is in this one.',
  ),
  ofArray('setDiff', [arrayToChange, other], 'array', 'The elements that are not in the other array.'),
  ofArray(
    'setDiffSymmetric',
    [arrayToChange, other],
    'array',
    'The elements that are in one of the arrays only.',
  ),
  ofArray('setEqualsTo', [array, other], 'boolean', 'Whether both arrays have the same elements.'),
  ofArray('setIntersection', [arrayToChange, other], 'array', 'The elements that are in both arrays.'),
  ofArray('setUnion', [arrayToChange, other], 'array', 'The elements that are in either array.'),
]

const address = parameter('ip', 'string')

const GENERAL_FUNCTIONS: readonly FunctionSignature[] = [
  general(
    'firstNonNull',
    [parameter('value', 'any', { variadic: true, picked: true })],
    'same',
    'The first value that is not null.',
  ),
  general(
    'if',
    [condition, parameter('then', 'any', PICKED), parameter('else', 'any', { optional: true, picked: true })],
    'same',
    'One value or another, by a condition.',
  ),
  general(
    'in',
    [value, parameter('candidate', 'any', VARIADIC)],
    'boolean',
    'Whether the value is one of the others.',
  ),
  general(
    'ipInRange',
    [address, parameter('startIp', 'string'), parameter('endIp', 'string')],
    'boolean',
    'Whether an address lies in a range.',
  ),
  general(
    'ipInSubnet',
    [address, parameter('ipPrefix', 'string')],
    'boolean',
    'Whether an address lies in a subnet.',
  ),
  general('ipPrefix', [address, parameter('subnetSize', 'number')], 'string', 'The subnet of an address.'),
  general('isUuid', [text], 'boolean', 'Whether the text is a UUID.'),
  general('randomUuid', [], 'string', 'A random UUID.'),
  general('recordLocation', [], 'string', 'Where the record is stored.'),
  undocumented(general('toNumber', [value], 'number', 'The value as a number.')),
  undocumented(general('toTimestamp', [value], 'timestamp', 'The value as a time.')),
  deprecated(general('uuid', [], 'string', 'A random UUID.'), 'randomUuid'),
]

/** Every signature of every function; `max` and `min` have two. */
export const FUNCTIONS: readonly FunctionSignature[] = [
  ...AGGREGATIONS,
  ...STRING_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...ARRAY_FUNCTIONS,
  ...GENERAL_FUNCTIONS,
]

const SIGNATURES: ReadonlyMap<string, readonly FunctionSignature[]> = Map.groupBy(
  FUNCTIONS,
  ({ name }) => name,
)

const NO_SIGNATURES: readonly FunctionSignature[] = []

/** The signatures of a function; none for a name that is no function. Names are case-sensitive. */
export function signaturesOf(name: string): readonly FunctionSignature[] {
  return SIGNATURES.get(name) ?? NO_SIGNATURES
}

export function functionNames(): Iterable<string> {
  return SIGNATURES.keys()
}

/**
 * Whether a call aggregates the rows of a group. `max` and `min` do so with one argument only; with
 * several they compare the values of one row.
 */
export function isAggregation(name: string, argumentCount: number): boolean {
  return signaturesOf(name).some(
    (signature) => signature.kind === 'aggregate' && argumentCount <= signature.arity.most,
  )
}

/** Spellings of parameters that the documentation uses beside those of the catalogue. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([['errorThreshold', 'error_threshold']])

/** The parameter that a named argument is given for. */
export function parameterNamed({ parameters }: FunctionSignature, name: string): Parameter | undefined {
  const spelling = OTHER_SPELLINGS.get(name) ?? name
  return parameters.find((parameter) => parameter.name === spelling)
}

/** `substr(string, from, length?)`, as the documentation writes it. */
export function describeSignature({ name, parameters }: FunctionSignature): string {
  const list = parameters.map(
    ({ name, optional, variadic }) => `${name}${variadic ? ', …' : optional ? '?' : ''}`,
  )
  return `${name}(${list.join(', ')})`
}
