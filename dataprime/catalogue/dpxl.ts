/** What DPXL, the language of conditions on single records, has of the functions and operators. */
import type { BinaryOperator } from '../tree/ast'
import { isComparison } from '../tree/operators'

export const DPXL_FUNCTIONS: ReadonlySet<string> = new Set([
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'in',
])

export function isDpxlOperator(operator: BinaryOperator): boolean {
  return isComparison(operator) || operator === '&&' || operator === '||'
}
