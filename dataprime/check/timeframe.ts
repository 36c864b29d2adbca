import { reversedTimes, timeframeOutOfRange } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { Expression, TextRange } from '../tree/ast'
import type { Rule } from './check-context'

/**
 * The interval of `last` is not negative, that of `around` positive; a plain number or string is none. The
 * times of `between` are in order.
 */
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
  for (const { from, to, range } of nodesOfKind('BetweenTimeframe')) {
    if (millisecondsOf(from) > millisecondsOf(to)) report(suggestSwap(from, to, range))
  }
}

function suggestSwap(from: Expression, to: Expression, range: TextRange): Diagnostic {
  const edits = [replaceText(from.range, printExpression(to)), replaceText(to.range, printExpression(from))]
  return withFix(reversedTimes(range), 'swap the times', ...edits)
}

/** The moment that a literal names; of anything else it shows when the query runs. */
function millisecondsOf(time: Expression): number {
  if (time.kind !== 'TimestampLiteral' || time.inNanoseconds) return Number.NaN
  const { operand } = time
  if (operand.kind === 'StringLiteral') return parseMoment(operand.value)
  if (operand.kind !== 'NumberLiteral') return Number.NaN
  const unit = EPOCH_UNITS.get(operand.text.length)
  return unit === undefined ? Number.NaN : operand.value * unit
}

/** What a number of so many digits counts, in milliseconds. */
const EPOCH_UNITS: ReadonlyMap<number, number> = new Map([
  [10, 1e3],
  [13, 1],
  [16, 1e-3],
  [19, 1e-6],
])

/** Times without a zone are UTC. */
function parseMoment(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text)
  if (parts === null) return Number.NaN
  const [, date, time = '00:00', zone = 'Z'] = parts
  return Date.parse(`${date}T${time}${zone}`)
}

/** The length of a literal; of anything else it shows when the query runs. */
function lengthOf(interval: Expression): number {
  return interval.kind === 'IntervalLiteral' ? interval.nanoseconds : Number.POSITIVE_INFINITY
}
