/** DP0460 to DP0479: accepted, but read otherwise than it looks. */
import { defineDiagnostic } from '../diagnostic'
import { didYouMean, quote, shorten } from './wording'

export const timestampNull = defineDiagnostic(
  'DP0460',
  'warning',
  'A timestamp literal of another form than those that are documented, which is null.',
  (found: string, hint: string | undefined) => ({
    message: `@${found} is no timestamp, so it is null`,
    hints: [hint ?? "@'2025-03-01', @'2025-03-01T08:15:00Z', @'now' - 1h, @1740816000"],
  }),
)

export const fieldInTimeframe = defineDiagnostic(
  'DP0461',
  'warning',
  'A field in the time range of a source, where no row has been read yet.',
  (keypath: string, suggestion: string | undefined) => ({
    message: `${shorten(keypath)} is a field, and no row has been read yet`,
    hints: [suggestion === undefined ? 'parameters are there: $p.timeRange.startTime' : `use ${suggestion}`],
  }),
)

export const hyphenatedName = defineDiagnostic(
  'DP0462',
  'warning',
  'A name with a hyphen, read as a subtraction; an info where a difference may be meant.',
  (written: string, keypath: string) => ({
    message: `"${shorten(written)}" is read as a subtraction`,
    hints: [`a key with a hyphen is written in brackets: ${shorten(keypath)}`],
  }),
)

export const indexCompared = defineDiagnostic(
  'DP0463',
  'info',
  'A test whether indexOf found nothing, for which one documentation gives -1 and another null.',
  () => ({
    message: 'indexOf is documented to answer -1 or null where there is nothing to be found',
    hints: ['contains asks whether there is something'],
  }),
)

export const stringToMatch = defineDiagnostic(
  'DP0464',
  'info',
  'A string as the pattern of matches, which is documented with a regular expression.',
  (pattern: string) => ({
    message: 'matches is documented with a regular expression, found a string',
    hints: [`${shorten(pattern)} is one, contains('text') looks for a string`],
  }),
)

export const wildSearchOfField = defineDiagnostic(
  'DP0465',
  'info',
  'A search with ~~ in something other than the whole user data.',
  (found: string) => ({
    message: `"~~" is documented for $d only, found ${shorten(found)}`,
    hints: ['"~" searches in one field'],
  }),
)

export const patternInQuotes = defineDiagnostic(
  'DP0466',
  'warning',
  'A regular expression in quotes, where one between slashes is documented.',
  (place: string, pattern: string) => ({
    message: `${place} is documented with a regular expression, found a string`,
    hints: [`write it between slashes: ${shorten(pattern)}`],
  }),
)

export const caseKeyOfOtherType = defineDiagnostic(
  'DP0467',
  'warning',
  'A key of a case block of another type than its form compares.',
  (form: string, expected: string, found: string) => ({
    message: `the keys of ${form} are ${expected}, found ${found}`,
  }),
)

export const argumentTooSmall = defineDiagnostic(
  'DP0468',
  'warning',
  'A number below the least that an argument may be.',
  (functionName: string, parameter: string, least: number, found: string) => ({
    message: `the argument "${parameter}" of ${functionName} is at least ${least}, found ${found}`,
  }),
)

export const bareField = defineDiagnostic(
  'DP0469',
  'info',
  'A field of the user data that is called as a label or as the time of the record.',
  (name: string, suggestion: string) => ({
    message: `${name} alone is a field of the user data`,
    hints: [`use ${suggestion}`],
  }),
)

export const unusualSource = defineDiagnostic(
  'DP0470',
  'info',
  'A dataset that is called nearly as logs or spans.',
  (name: string, suggestion: string) => ({
    message: `the source ${quote(name)} is neither logs nor spans`,
    hints: didYouMean(suggestion),
  }),
)

export const templateDollar = defineDiagnostic(
  'DP0471',
  'warning',
  'A dollar sign before the braces of an interpolated string, which is part of the text.',
  () => ({
    message: 'the dollar sign before { is part of the text',
    hints: ['expressions are written in braces alone: `text {expression}`'],
  }),
)

export const ambiguousMinus = defineDiagnostic(
  'DP0472',
  'warning',
  'A minus between the last key of a grouping and an aggregation, which may belong to either.',
  (name: string) => ({
    message: `"-${name}(…)" after a key may be subtracted from it or be the first aggregate`,
    hints: [`groupby key aggregate -${name}(…) has one meaning`],
  }),
)
