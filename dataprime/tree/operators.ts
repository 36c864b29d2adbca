import type { BinaryOperator } from './ast'

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(['==', '!=', '<', '<=', '>', '>='])

/** Whether an operator compares two values of one type; `~` and `~~` search instead. */
export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator)
}
