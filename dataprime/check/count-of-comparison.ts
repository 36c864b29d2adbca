import { countOfComparison } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import { isArithmetic } from '../tree/operators'
import type { Rule } from './check-context'

/** `count` of a condition counts where it is not null, which is seldom what was meant. */
export const checkCountOfComparison: Rule = ({ calls, report }) => {
  for (const { name, node, operands } of calls) {
    if (name === 'count' && operands[0] !== undefined && isCondition(operands[0])) {
      report(countOfComparison(node.range))
    }
  }
}

function isCondition(expression: Expression): boolean {
  if (expression.kind === 'UnaryExpression') return expression.operator === '!'
  return expression.kind === 'BinaryExpression' && !isArithmetic(expression.operator)
}
