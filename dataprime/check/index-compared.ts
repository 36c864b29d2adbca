import { indexCompared } from '../diagnostics/codes'
import type { BinaryOperator, Expression } from '../tree/ast'
import { isCall } from '../tree/calls'
import type { Rule } from './check-context'

/** Whether `indexOf` answers -1 or null where there is nothing to be found is an open question, which some comparisons depend on. */
export const checkIndexCompared: Rule = ({ nodesOfKind, report }) => {
  for (const { operator, left, right, range } of nodesOfKind('BinaryExpression')) {
    if (isIndex(left) && dependsOnAbsence(operator, right)) report(indexCompared(range))
    else if (isIndex(right) && dependsOnAbsence(MIRRORED.get(operator) ?? operator, left)) {
      report(indexCompared(range))
    }
  }
}

function isIndex(expression: Expression): boolean {
  return isCall(expression) && expression.name === 'indexOf'
}

/** Null is equal to no number, and neither above nor below one. */
function dependsOnAbsence(operator: BinaryOperator, bound: Expression): boolean {
  if (bound.kind !== 'NumberLiteral') return false
  if (operator === '==' || operator === '!=' || operator === '<=') return bound.value === -1
  return operator === '<' && bound.value === 0
}

const MIRRORED: ReadonlyMap<BinaryOperator, BinaryOperator> = new Map<BinaryOperator, BinaryOperator>([
  ['>', '<'],
  ['>=', '<='],
  ['<', '>'],
  ['<=', '>='],
])
