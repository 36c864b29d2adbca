import type { Argument, CallExpression, MethodCallExpression, Node } from '../../tree/ast'
import { number } from '../../tree/build'
import { isCall } from '../../tree/calls'
import { nodesOf } from '../../tree/walk'
import { defineAdvice } from '../advice'
import { replaced, replaceExpressions } from '../edit-stages'

/** Values that a rewritten query collects at most, for its writer to change. */
const VALUES = 100

export const unboundedCollect = defineAdvice(
  'unbounded-collect',
  'The values of all rows are collected into one array.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      if (!nodesOf(stage).some(isUnbounded)) return []
      const message = `collect puts the value of every row into one array; limit=${VALUES} keeps as many of each group`
      const bounded = replaceExpressions(stage, (node) =>
        isUnbounded(node) ? { ...node, arguments: [...node.arguments, LIMIT] } : undefined,
      )
      return [{ index, message, ...(bounded !== undefined && { stages: replaced(stages, index, bounded) }) }]
    }),
)

const VALUE_LIMIT = number(VALUES)
const LIMIT: Argument = { kind: 'Argument', name: 'limit', value: VALUE_LIMIT, range: VALUE_LIMIT.range }

/** Neither a limit nor `distinct=true`, which keeps each value once. */
function isUnbounded(node: Node): node is CallExpression | MethodCallExpression {
  if (!isCall(node) || node.name !== 'collect') return false
  const positional = node.kind === 'CallExpression' ? 1 : 0
  const given = node.arguments.filter(({ name }) => name === null)
  return (
    given.length === positional && !node.arguments.some(({ name }) => name === 'limit' || name === 'distinct')
  )
}
