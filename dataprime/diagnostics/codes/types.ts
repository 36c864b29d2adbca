/** DP0320 to DP0334 and DP0420 to DP0434: types that do not fit, by certainty. */
import { defineDiagnostic } from '../diagnostic'
import { didYouMean, oneOf, quote, shorten } from './wording'

function hintIfAny(hint: string | undefined): readonly string[] {
  return hint === undefined ? [] : [hint]
}

function describeComparison(operator: string, left: string, right: string, hint: string | undefined) {
  return { message: `"${operator}" compares ${left} with ${right}`, hints: hintIfAny(hint) }
}

export const clashingComparison = defineDiagnostic(
  'DP0320',
  'error',
  'A comparison of values whose types have nothing in common.',
  describeComparison,
)

export const doubtfulComparison = defineDiagnostic(
  'DP0420',
  'warning',
  'A comparison of values whose types probably have nothing in common.',
  describeComparison,
)

function describeLogic(operator: string, found: string, hint: string | undefined) {
  return { message: `"${operator}" takes conditions, found ${found}`, hints: hintIfAny(hint) }
}

export const logicOfNoCondition = defineDiagnostic(
  'DP0321',
  'error',
  'An operand of && || ! that is no condition.',
  describeLogic,
)

export const doubtfulLogic = defineDiagnostic(
  'DP0421',
  'warning',
  'An operand of && || ! that is probably no condition.',
  describeLogic,
)

function describeArithmetic(operator: string, operands: string, hint: string | undefined) {
  return { message: `"${operator}" does not take ${operands}`, hints: hintIfAny(hint) }
}

export const impossibleArithmetic = defineDiagnostic(
  'DP0322',
  'error',
  'Arithmetic that there is not, such as adding a number to a timestamp.',
  describeArithmetic,
)

export const doubtfulArithmetic = defineDiagnostic(
  'DP0422',
  'warning',
  'Arithmetic that there probably is not.',
  describeArithmetic,
)

export const phraseOfOtherType = defineDiagnostic(
  'DP0323',
  'error',
  'A free-text search for something that is no text, such as a number.',
  (operator: string, found: string) => ({
    message: `"${operator}" searches for a string in single quotes, found ${found}`,
  }),
)

export const phraseNotLiteral = defineDiagnostic(
  'DP0423',
  'warning',
  'A free-text search for a phrase that is not written out as a string.',
  (operator: string, found: string) => ({
    message: `"${operator}" is documented with a string in single quotes after it, found ${found}`,
    hints: ['value.matches(/…/) matches a regular expression, value.contains(other) looks for any text'],
  }),
)

function describeCondition(place: string, found: string, hint: string | undefined) {
  return { message: `${place} takes a condition, found ${found}`, hints: hintIfAny(hint) }
}

export const conditionOfOtherType = defineDiagnostic(
  'DP0324',
  'error',
  'A condition that is neither true nor false.',
  describeCondition,
)

export const doubtfulCondition = defineDiagnostic(
  'DP0424',
  'warning',
  'A condition that is probably neither true nor false.',
  describeCondition,
)

export const intervalExpected = defineDiagnostic(
  'DP0325',
  'error',
  'A string or number where an interval is required.',
  (place: string, found: string) => ({
    message: `${place} takes an interval, found ${found}`,
    hints: ['intervals are written without quotes: 5m, 1h30m'],
  }),
)

export const impossibleArgument = defineDiagnostic(
  'DP0326',
  'error',
  'A literal that can never be what the function takes.',
  (
    functionName: string,
    parameter: string,
    expected: readonly string[],
    found: string,
    hint: string | undefined,
  ) => ({
    message: `the argument "${parameter}" of ${functionName} is ${oneOf(expected)}, found ${found}`,
    hints: hintIfAny(hint),
  }),
)

export const argumentOfOtherType = defineDiagnostic(
  'DP0425',
  'warning',
  'An argument of another type than the documentation gives.',
  (
    functionName: string,
    parameter: string,
    expected: readonly string[],
    found: string,
    hint: string | undefined,
  ) => ({
    message: `the argument "${parameter}" of ${functionName} is documented as ${oneOf(expected)}, found ${found}`,
    hints: hintIfAny(hint),
  }),
)

export const unknownUnit = defineDiagnostic(
  'DP0327',
  'error',
  'A unit of time that does not exist.',
  (unit: string, suggestion: string | undefined, units: readonly string[]) => ({
    message: `unknown unit ${quote(unit)}`,
    hints: suggestion === undefined ? [oneOf(units)] : didYouMean(suggestion),
  }),
)

export const unitNotLiteral = defineDiagnostic(
  'DP0426',
  'warning',
  'A unit of time that is not written out.',
  (functionName: string) => ({
    message: `the unit of ${functionName} is documented as a literal`,
    hints: ["for example 'hour'"],
  }),
)

export const sortKeyWithoutOrder = defineDiagnostic(
  'DP0328',
  'error',
  'A sort key of a type that has no order.',
  (functionName: string, found: string) => ({
    message: `the first argument of ${functionName} is what to sort by, found ${found}`,
    hints: [`${functionName}($m.timestamp, value)`],
  }),
)

export const doubtfulSortKey = defineDiagnostic(
  'DP0429',
  'warning',
  'A sort key that probably has no order.',
  (functionName: string, found: string) => ({
    message: `the first argument of ${functionName} is what to sort by, found ${found}`,
    hints: [`${functionName}($m.timestamp, value)`],
  }),
)

function describeExplode(found: string) {
  return { message: `"explode" takes an array, found ${found}`, hints: [] }
}

export const explodeOfNoArray = defineDiagnostic(
  'DP0329',
  'error',
  'An explode of something that is no array.',
  describeExplode,
)

export const doubtfulExplode = defineDiagnostic(
  'DP0430',
  'warning',
  'An explode of something that is probably no array.',
  describeExplode,
)

export const timestampExpected = defineDiagnostic(
  'DP0330',
  'error',
  'A string or number where a timestamp is required.',
  (place: string, found: string) => ({
    message: `"${place}" takes timestamps, found ${found}`,
    hints: ["timestamps begin with @: @'2025-03-01T08:15:00Z', @'now' - 1h"],
  }),
)

export const doubtfulTimeZone = defineDiagnostic(
  'DP0427',
  'warning',
  'A text that does not look like a time zone.',
  (zone: string) => ({
    message: `${quote(zone)} does not look like a time zone`,
    hints: ["'+01', '+01:30', 'UTC', 'Europe/Zurich'"],
  }),
)

export const doubtfulFormat = defineDiagnostic(
  'DP0428',
  'warning',
  'A text that does not look like a format of timestamps.',
  (format: string) => ({
    message: `${quote(format)} does not look like a format of timestamps`,
    hints: ["letters after percent signs, as '%Y-%m-%d', or a name, as 'iso8601'"],
  }),
)

export const ungroupedKeypath = defineDiagnostic(
  'DP0431',
  'warning',
  'A field in an aggregate expression that is neither grouped by nor aggregated.',
  (keypath: string) => ({
    message: `${shorten(keypath)} is neither grouped by nor inside an aggregation`,
    hints: ['a group has many values of it: aggregate it, as any_value(field), or group by it'],
  }),
)

export const clashingJoin = defineDiagnostic(
  'DP0432',
  'warning',
  'A join on keypaths whose types have nothing in common.',
  (left: string, right: string) => ({
    message: `${left} is joined with ${right}`,
    hints: ['convert one of them first, as convert id:string'],
  }),
)
