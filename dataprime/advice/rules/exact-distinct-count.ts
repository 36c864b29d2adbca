import { printExpression } from '../../format/print'
import type { Keypath, Node, Stage } from '../../tree/ast'
import { isCall } from '../../tree/calls'
import { nodesOf } from '../../tree/walk'
import { defineAdvice } from '../advice'
import { replaced, replaceExpressions } from '../edit-stages'
import { isRecordId } from '../field-names'

/** The rewrite gives estimates, as the message says. */
export const exactDistinctCount = defineAdvice(
  'exact-distinct-count',
  'The very many values of an id, such as that of a trace or request, are counted exactly.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      const [field] = nodesOf(stage).flatMap((node) => countedId(node) ?? [])
      if (field === undefined) return []
      const name = printExpression(field)
      const message = `"${name}" has very many values; approx_count_distinct(${name}) estimates how many there are at less cost`
      const estimated = hasDefaultName(stage) ? undefined : estimating(stage)
      return [
        estimated === undefined
          ? { index, message }
          : { index, message, stages: replaced(stages, index, estimated) },
      ]
    }),
)

/** The stage with every exact count of ids estimated. */
function estimating(stage: Stage): Stage | undefined {
  return replaceExpressions(stage, (node) =>
    countedId(node) !== undefined && isCall(node) ? { ...node, name: 'approx_count_distinct' } : undefined,
  )
}

/** Whether a count has no name of its own: an estimate would come out under another one. */
function hasDefaultName(stage: Stage): boolean {
  return nodesOf(stage).some(
    (node) =>
      node.kind === 'AliasedExpression' && node.alias === null && countedId(node.expression) !== undefined,
  )
}

function countedId(node: Node): Keypath | undefined {
  if (!isCall(node)) return undefined
  const value = node.kind === 'MethodCallExpression' ? node.target : node.arguments[0]?.value
  return node.name === 'distinct_count' && value?.kind === 'Keypath' && isRecordId(value) ? value : undefined
}
