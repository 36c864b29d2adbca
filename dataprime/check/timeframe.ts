import { reversedTimes, timeframeOutOfRange } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { Expression, TextRange } from '../tree/ast'
import { isAggregationCall } from '../tree/calls'
import { isCertainlyOther } from '../types/inferred-type'
import type { CheckContext, Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'
import { momentOfDigits, momentOfText } from './moment'

/**
 * The interval of `last` is not negative, that of `around` positive; a value that is certainly of another type
 * is none. The times of `between` are in order.
 */
export const checkTimeframe: Rule = (context) => {
  const { nodesOfKind, report } = context
  for (const { interval } of nodesOfKind('LastTimeframe')) {
    judgeInterval('last', interval, context, (length) => (length < 0 ? 'not be negative' : undefined))
  }
  for (const { interval } of nodesOfKind('AroundTimeframe')) {
    if (interval === null) continue
    judgeInterval('around', interval, context, (length) => (length <= 0 ? 'be positive' : undefined))
  }
  for (const { interval } of nodesOfKind('TimeshiftedTimeframe')) {
    judgeInterval('timeshifted', interval, context, () => undefined)
  }
  for (const { from, to, range } of nodesOfKind('BetweenTimeframe')) {
    if (millisecondsOf(from) > millisecondsOf(to)) report(suggestSwap(from, to, range))
  }
}

/** Reports what is no interval, or one of a length that `requirementOf` says has to be otherwise. */
function judgeInterval(
  word: string,
  interval: Expression,
  { types, isMisread, report }: CheckContext,
  requirementOf: (nanoseconds: number) => string | undefined,
): void {
  if (isCertainlyOther(types.of(interval), 'interval')) {
    // An aggregation has its own diagnostic.
    if (isMisread(interval) || isAggregationCall(interval)) return
    const diagnostic = timeframeOutOfRange(interval.range, word, 'be an interval such as 1h')
    report(fixQuotedLiteral(diagnostic, interval, 'interval'))
    return
  }
  const requirement = requirementOf(lengthOf(interval))
  if (requirement !== undefined) report(timeframeOutOfRange(interval.range, word, requirement))
}

function suggestSwap(from: Expression, to: Expression, range: TextRange): Diagnostic {
  const edits = [replaceText(from.range, printExpression(to)), replaceText(to.range, printExpression(from))]
  return withFix(reversedTimes(range), 'swap the times', ...edits)
}

/** The moment that a literal names; of anything else it shows when the query runs. */
function millisecondsOf(time: Expression): number {
  if (time.kind !== 'TimestampLiteral' || time.inNanoseconds) return Number.NaN
  const { operand } = time
  if (operand.kind === 'StringLiteral') return momentOfText(operand.value)
  return operand.kind === 'NumberLiteral' ? momentOfDigits(operand.text) : Number.NaN
}

/** The length of a literal, and of one times a number; of anything else it shows when the query runs. */
function lengthOf(interval: Expression): number {
  switch (interval.kind) {
    case 'IntervalLiteral':
      return interval.nanoseconds
    case 'UnaryExpression':
      return interval.operand.kind === 'IntervalLiteral' ? -interval.operand.nanoseconds : Number.NaN
    case 'BinaryExpression': {
      const { operator, left, right } = interval
      if (operator !== '*' && operator !== '/') return Number.NaN
      const numbers = [left, right].map(valueOfLiteral)
      return numbers.reduce((length, number) => length * number, 1)
    }
    default:
      return Number.NaN
  }
}

/** Of a division only the sign is told, which is that of a product. */
function valueOfLiteral(expression: Expression): number {
  if (expression.kind === 'IntervalLiteral') return expression.nanoseconds
  return expression.kind === 'NumberLiteral' ? expression.value : Number.NaN
}
