import { stringAddition } from '../diagnostics/codes'
import type { BinaryExpression, Expression } from '../tree/ast'
import type { InferredTypes } from '../types/infer-types'
import type { Rule } from './check-context'

/** `+` adds numbers, times and intervals; strings are joined by `concat` or interpolation. */
export const checkStringAddition: Rule = ({ nodesOfKind, types, report }) => {
  for (const node of nodesOfKind('BinaryExpression')) {
    if (isStringAddition(node, types)) report(stringAddition(node.operatorRange))
  }
}

/** Beside a time or an interval a string is not there to be joined to it. */
export function isStringAddition({ operator, left, right }: BinaryExpression, types: InferredTypes): boolean {
  if (operator !== '+') return false
  const isString = (operand: Expression) => {
    const { name, certainty } = types.of(operand)
    return name === 'string' && certainty === 'certain'
  }
  const isTime = (operand: Expression) => {
    const { name } = types.of(operand)
    return name === 'timestamp' || name === 'interval'
  }
  return (isString(left) || isString(right)) && !isTime(left) && !isTime(right)
}
