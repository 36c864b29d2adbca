import type { BinaryOperator } from './ast'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

export function isArithmetic(operator: BinaryOperator): operator is ArithmeticOperator {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%'
}

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(['==', '!=', '<', '<=', '>', '>='])

/** Whether an operator compares two values of one type; `~` and `~~` search instead. */
export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator)
}
