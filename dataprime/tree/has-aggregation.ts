import { isAggregation } from '../catalogue/functions'
import type { Expression } from './ast'
import { walk } from './walk'

/** Whether an expression works on the rows of a group. */
export function hasAggregation(expression: Expression): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind === 'CallExpression') found ||= isAggregation(node.name, node.arguments.length)
    if (node.kind === 'MethodCallExpression') found ||= isAggregation(node.name, node.arguments.length + 1)
  })
  return found
}
