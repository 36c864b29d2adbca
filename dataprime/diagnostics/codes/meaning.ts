/** DP03xx: what the words mean. */
import { defineDiagnostic } from '../diagnostic'
import { didYouMean, quote, shorten } from './wording'

export const unknownFunction = defineDiagnostic(
  'DP0301',
  'error',
  'A call of a function that does not exist.',
  (name: string, replacement: string | undefined, suggestion: string | undefined) => ({
    message: `unknown function "${shorten(name)}"`,
    hints: replacement === undefined ? didYouMean(suggestion) : [`use ${replacement}`],
  }),
)

export const wrongArgumentCount = defineDiagnostic(
  'DP0302',
  'error',
  'A call with too few or too many arguments.',
  (name: string, expected: string, found: number, signature: string) => ({
    message: `${name} takes ${expected}, found ${found}`,
    hints: [signature],
  }),
)

/** What is filtered or sorted by may be aggregated first; a time range or a source has nothing to aggregate. */
function hintForAggregation(name: string, command: string): readonly string[] {
  const aggregated = `groupby key aggregate ${name}(…) as value`
  switch (command) {
    case 'source':
      return []
    case 'groupby':
    case 'multigroupby':
      return [`aggregates come after the keys: ${aggregated}`]
    case 'filter':
    case 'block':
    case 'orderby':
      return [`aggregate first: ${aggregated} | ${command} value …`]
    default:
      return [`aggregate first: ${aggregated}`]
  }
}

export const misplacedAggregation = defineDiagnostic(
  'DP0303',
  'error',
  'An aggregation where single rows are worked on.',
  (name: string, command: string) => ({
    message: `the aggregation ${name} cannot stand in "${command}", which works on single rows`,
    hints: hintForAggregation(name, command),
  }),
)

export const percentileOutOfRange = defineDiagnostic(
  'DP0304',
  'error',
  'The first argument of percentile is not between 0 and 1.',
  (found: string, suggestion: string | undefined) => ({
    message: `percentile takes a share from 0 to 1 first, found ${found}`,
    hints: [suggestion === undefined ? 'percentile(0.95, value)' : `use percentile(${suggestion}, value)`],
  }),
)

export const rowCountOutOfRange = defineDiagnostic(
  'DP0305',
  'error',
  'A number of rows that is not a positive whole number.',
  (command: string, found: string) => ({
    message: `"${command}" takes a positive whole number, found ${quote(found)}`,
  }),
)

export const unknownType = defineDiagnostic(
  'DP0306',
  'error',
  'A cast to a type that does not exist.',
  (type: string, suggestion: string | undefined) => ({
    message: `unknown type "${shorten(type)}"`,
    hints:
      suggestion === undefined ? ['string, number, boolean, timestamp or interval'] : didYouMean(suggestion),
  }),
)

export const sourceNotFirst = defineDiagnostic(
  'DP0307',
  'error',
  'A source that is not the first stage.',
  () => ({
    message: '"source" can only be the first stage',
    hints: ['union (source …) adds the rows of another source, join (source …) combines them'],
  }),
)

export const unknownNamedArgument = defineDiagnostic(
  'DP0308',
  'error',
  'A named argument that a function does not have.',
  (name: string, functionName: string, hint: string | undefined) => ({
    message: `${functionName} has no argument "${shorten(name)}"`,
    hints: hint === undefined ? [] : [hint],
  }),
)

export const stringAddition = defineDiagnostic('DP0310', 'error', 'Strings joined with a plus sign.', () => ({
  message: '"+" does not join strings',
  hints: ['use concat(a, b) or an interpolated string: `{a} {b}`'],
}))

export const expectedPlainKeypath = defineDiagnostic(
  'DP0312',
  'error',
  'A command that takes keypaths, given another expression.',
  (command: string) => ({ message: `"${command}" takes keypaths, not other expressions` }),
)

export const timeframeOutOfRange = defineDiagnostic(
  'DP0313',
  'error',
  'A time range of negative or no length.',
  (word: string, requirement: string) => ({ message: `the interval of "${word}" must ${requirement}` }),
)

export const unknownExtractor = defineDiagnostic(
  'DP0314',
  'error',
  'An extractor that does not exist.',
  (name: string, suggestion: string | undefined) => ({
    message: `unknown extractor "${shorten(name)}"`,
    hints:
      suggestion === undefined ? ['regexp, multi_regexp, kv, jsonobject or split'] : didYouMean(suggestion),
  }),
)

export const crossJoinCondition = defineDiagnostic(
  'DP0335',
  'error',
  'A cross join with a condition.',
  () => ({
    message: 'a cross join pairs all rows and takes no condition',
    hints: ['use inner for the pairs that match'],
  }),
)

export const dpxlVersionMissing = defineDiagnostic(
  'DP0336',
  'error',
  'An expression of DPXL that does not begin with its version.',
  (version: string) => ({ message: `an expression of DPXL begins with <${version}>` }),
)

export const dpxlVersion = defineDiagnostic(
  'DP0337',
  'error',
  'A version of DPXL that does not exist.',
  (found: string, version: string) => ({
    message: `there is no version "${shorten(found)}" of DPXL`,
    hints: [`use <${version}>`],
  }),
)

export const dpxlPipe = defineDiagnostic('DP0338', 'error', 'A pipe in an expression of DPXL.', () => ({
  message: 'an expression of DPXL is one condition, without stages',
  hints: ['conditions are combined with && and ||'],
}))

export const dpxlForm = defineDiagnostic(
  'DP0339',
  'error',
  'A form of expression that DPXL does not have.',
  (form: string) => ({
    message: `${form} is not part of DPXL`,
    hints: [
      'it has literals, keypaths, casts, comparisons, && || !, startsWith, endsWith, contains, matches and in',
    ],
  }),
)
