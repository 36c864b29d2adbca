import { timeframeOutOfRange, timestampExpected } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import { describeType } from '../types/describe-type'
import type { CheckContext, Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'

/**
 * The interval of `last` is not negative, that of `around` positive, and both ends of `between` are times. A
 * plain number or string is neither an interval nor a time.
 */
export const checkTimeframe: Rule = (context) => {
  const { nodesOfKind, report } = context
  checkTimes(context)
  const complain = (word: string, interval: Expression, requirement: string) =>
    report(fixQuotedLiteral(timeframeOutOfRange(interval.range, word, requirement), interval, 'interval'))
  const form = 'be an interval such as 1h'

  for (const { interval } of nodesOfKind('LastTimeframe')) {
    if (isNumberOrString(interval)) complain('last', interval, form)
    else if (lengthOf(interval) < 0) complain('last', interval, 'not be negative')
  }
  for (const { interval } of nodesOfKind('AroundTimeframe')) {
    if (interval === null) continue
    if (isNumberOrString(interval)) complain('around', interval, form)
    else if (lengthOf(interval) <= 0) complain('around', interval, 'be positive')
  }
  for (const { interval } of nodesOfKind('TimeshiftedTimeframe')) {
    if (isNumberOrString(interval)) complain('timeshifted', interval, form)
  }
}

function checkTimes({ nodesOfKind, types, report }: CheckContext): void {
  const judge = (word: string, time: Expression) => {
    if (!isNumberOrString(time)) return
    const found = describeType(types.of(time))
    report(fixQuotedLiteral(timestampExpected(time.range, word, found), time, 'timestamp'))
  }
  for (const { from, to } of nodesOfKind('BetweenTimeframe')) {
    judge('between', from)
    judge('between', to)
  }
  for (const { time } of nodesOfKind('AroundTimeframe')) judge('around', time)
}

function isNumberOrString({ kind }: Expression): boolean {
  return kind === 'NumberLiteral' || kind === 'StringLiteral'
}

/** The length of a literal; of anything else it shows when the query runs. */
function lengthOf(interval: Expression): number {
  return interval.kind === 'IntervalLiteral' ? interval.nanoseconds : Number.POSITIVE_INFINITY
}
