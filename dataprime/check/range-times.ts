import { timestampExpected } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import { describeType } from '../types/describe-type'
import type { Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'

/** A range of time lies around a timestamp or between two; a plain string or number is none. */
export const checkRangeTimes: Rule = ({ nodesOfKind, types, report }) => {
  const judge = (word: string, time: Expression) => {
    if (time.kind !== 'StringLiteral' && time.kind !== 'NumberLiteral') return
    const found = describeType(types.of(time))
    report(fixQuotedLiteral(timestampExpected(time.range, word, found), time, 'timestamp'))
  }
  for (const { from, to } of nodesOfKind('BetweenTimeframe')) {
    judge('between', from)
    judge('between', to)
  }
  for (const { time } of nodesOfKind('AroundTimeframe')) judge('around', time)
}
