/** Where rows are put together: calls of aggregations, and the stages that make one row out of several. */
import { isAggregation } from '../catalogue/functions'
import type { Expression, GroupbyStage, Node, Stage } from './ast'
import { walk } from './walk'

/** Whether a stage makes one row out of several. */
export function aggregatesRows(stage: Stage): boolean {
  switch (stage.kind) {
    case 'GroupbyStage':
    case 'MultigroupbyStage':
    case 'AggregateStage':
    case 'CountStage':
    case 'CountbyStage':
    case 'DistinctStage':
      return true
    case 'TopStage':
      return [...stage.results, ...stage.by].some(({ expression }) => hasAggregation(expression))
    default:
      return false
  }
}

export function hasAggregation(expression: Expression): boolean {
  let found = false
  walk(expression, (node) => {
    found ||= calledAggregation(node) !== undefined
  })
  return found
}

/** The name of the aggregation that an expression is a call of; undefined for any other. */
export function calledAggregation(expression: Node): string | undefined {
  if (expression.kind !== 'CallExpression' && expression.kind !== 'MethodCallExpression') return undefined
  const count = expression.arguments.length + (expression.kind === 'MethodCallExpression' ? 1 : 0)
  return isAggregation(expression.name, count) ? expression.name : undefined
}

/** `groupby key | aggregate …`: an aggregation over the groups, where one within each of them is likely meant. */
export function aggregatesGroups(previous: Stage | undefined, { kind }: Stage): previous is GroupbyStage {
  if (previous?.kind !== 'GroupbyStage' || previous.aggregates.length > 0) return false
  return kind === 'AggregateStage' || kind === 'CountStage'
}
