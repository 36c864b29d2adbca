import { timeframeOutOfRange } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import type { Rule } from './check-context'

/** The interval of `last` is not negative, that of `around` positive; a plain number or string is none. */
export const checkTimeframe: Rule = ({ nodesOfKind, report }) => {
  const complain = (word: string, interval: Expression, requirement: string) =>
    report(timeframeOutOfRange(interval.range, word, requirement))
  const isNoInterval = ({ kind }: Expression) => kind === 'NumberLiteral' || kind === 'StringLiteral'
  const form = 'be an interval such as 1h'

  for (const { interval } of nodesOfKind('LastTimeframe')) {
    if (isNoInterval(interval)) complain('last', interval, form)
    else if (lengthOf(interval) < 0) complain('last', interval, 'not be negative')
  }
  for (const { interval } of nodesOfKind('AroundTimeframe')) {
    if (interval === null) continue
    if (isNoInterval(interval)) complain('around', interval, form)
    else if (lengthOf(interval) <= 0) complain('around', interval, 'be positive')
  }
  for (const { interval } of nodesOfKind('TimeshiftedTimeframe')) {
    if (isNoInterval(interval)) complain('timeshifted', interval, form)
  }
}

/** The length of a literal; of anything else it shows when the query runs. */
function lengthOf(interval: Expression): number {
  return interval.kind === 'IntervalLiteral' ? interval.nanoseconds : Number.POSITIVE_INFINITY
}
