import { stringAddition } from '../diagnostics/codes'
import type { Expression } from '../tree/ast'
import type { Rule } from './check-context'

/** `+` adds numbers, times and intervals; strings are joined by `concat` or interpolation. */
export const checkStringAddition: Rule = ({ nodesOfKind, report }) => {
  for (const { operator, operatorRange, left, right } of nodesOfKind('BinaryExpression')) {
    if (operator === '+' && (isString(left) || isString(right))) report(stringAddition(operatorRange))
  }
}

function isString({ kind }: Expression): boolean {
  return kind === 'StringLiteral' || kind === 'InterpolatedString'
}
