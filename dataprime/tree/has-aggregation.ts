import type { Expression } from './ast'
import { isAggregationCall } from './calls'
import { nodesOf } from './walk'

/** Whether an expression works on the rows of a group. */
export function hasAggregation(expression: Expression): boolean {
  return nodesOf(expression).some(isAggregationCall)
}
