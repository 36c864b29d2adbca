import { countOfComparison } from '../diagnostics/codes'
import type { BinaryOperator, Expression } from '../tree/ast'
import type { Rule } from './check-context'

/** `count` of a condition counts where it is not null, which is seldom what was meant. */
export const checkCountOfComparison: Rule = ({ calls, report }) => {
  for (const { name, node, operands } of calls) {
    if (name === 'count' && operands[0] !== undefined && isCondition(operands[0])) {
      report(countOfComparison(node.range))
    }
  }
}

const ARITHMETIC: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(['+', '-', '*', '/', '%'])

function isCondition(expression: Expression): boolean {
  if (expression.kind === 'UnaryExpression') return expression.operator === '!'
  return expression.kind === 'BinaryExpression' && !ARITHMETIC.has(expression.operator)
}
