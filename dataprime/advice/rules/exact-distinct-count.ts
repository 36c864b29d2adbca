import { printExpression } from '../../format/print'
import type { Keypath, Node } from '../../tree/ast'
import { isCall } from '../../tree/calls'
import { nodesOf } from '../../tree/walk'
import { defineAdvice } from '../advice'
import { isRecordId } from '../field-names'

/** No rewrite: whether an estimate will do is for the query's writer to say. */
export const exactDistinctCount = defineAdvice(
  'exact-distinct-count',
  'The very many values of an id, such as that of a trace or request, are counted exactly.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      const [field] = nodesOf(stage).flatMap((node) => countedId(node) ?? [])
      if (field === undefined) return []
      const name = printExpression(field)
      const message = `"${name}" has very many values; approx_count_distinct(${name}) estimates how many there are at less cost`
      return [{ index, message }]
    }),
)

function countedId(node: Node): Keypath | undefined {
  if (!isCall(node)) return undefined
  const value = node.kind === 'MethodCallExpression' ? node.target : node.arguments[0]?.value
  return node.name === 'distinct_count' && value?.kind === 'Keypath' && isRecordId(value) ? value : undefined
}
