import { clashingJoin } from '../diagnostics/codes'
import { describeType } from '../types/describe-type'
import { leastCertain } from '../types/inferred-type'
import { clash } from '../types/operators'
import type { Rule } from './check-context'

/** Keypaths that are joined on have the same type, or no row ever meets another. */
export const checkJoinTypes: Rule = ({ nodesOfKind, types, report }) => {
  for (const { left, right, range } of nodesOfKind('JoinCondition')) {
    const [leftType, rightType] = [types.of(left.expression), types.of(right.expression)]
    if (!clash(leftType, rightType) || leastCertain(leftType, rightType) !== 'certain') continue
    report(clashingJoin(range, describeType(leftType), describeType(rightType)))
  }
}
