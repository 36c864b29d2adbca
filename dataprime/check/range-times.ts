import { timestampExpected } from '../diagnostics/codes'
import { type Diagnostic, insertText, withFix } from '../diagnostics/diagnostic'
import type { Expression } from '../tree/ast'
import { describeType } from '../types/describe-type'
import { isCertainlyOther } from '../types/inferred-type'
import type { Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'
import { momentOfDigits } from './moment'

/** A range of time lies around a timestamp or between two; a value that is certainly of another type is none. */
export const checkRangeTimes: Rule = ({ nodesOfKind, types, isMisread, report }) => {
  const judge = (word: string, time: Expression) => {
    const type = types.of(time)
    if (!isCertainlyOther(type, 'timestamp') || isMisread(time)) return
    report(fixTime(timestampExpected(time.range, word, describeType(type)), time))
  }
  for (const { from, to } of nodesOfKind('BetweenTimeframe')) {
    judge('between', from)
    judge('between', to)
  }
  for (const { time } of nodesOfKind('AroundTimeframe')) judge('around', time)
}

/** Dates in quotes, and counts of seconds and their fractions, lack only the sign before them. */
function fixTime(diagnostic: Diagnostic, time: Expression): Diagnostic {
  if (time.kind === 'NumberLiteral' && !Number.isNaN(momentOfDigits(time.text))) {
    return withFix(diagnostic, `write @${time.text}`, insertText(time.range.start, '@'))
  }
  return fixQuotedLiteral(diagnostic, time, 'timestamp')
}
