/** Where rows are put together: calls of aggregations, and the stages that make one row out of several. */
import type { AggregateStage, CountStage, GroupbyStage, Node, Stage } from './ast'
import { isAggregationCall, isCall } from './calls'
import { hasAggregation } from './has-aggregation'

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

/** The name of the aggregation that an expression is a call of; undefined for any other. */
export function calledAggregation(expression: Node): string | undefined {
  return isCall(expression) && isAggregationCall(expression) ? expression.name : undefined
}

export interface AggregatedGrouping {
  readonly grouping: GroupbyStage
  readonly stage: AggregateStage | CountStage
}

/** `groupby key | aggregate …` at an index: an aggregation over the groups, where one within each of them is likely meant. */
export function aggregatedGrouping(stages: readonly Stage[], index: number): AggregatedGrouping | undefined {
  const [grouping, stage] = [stages[index - 1], stages[index]]
  if (grouping?.kind !== 'GroupbyStage' || grouping.aggregates.length > 0) return undefined
  const aggregates = stage?.kind === 'AggregateStage' || stage?.kind === 'CountStage'
  return aggregates ? { grouping, stage } : undefined
}
