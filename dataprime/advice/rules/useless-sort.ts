import { isFilter } from '../../analysis/describe-query'
import { printExpression } from '../../format/print'
import { aggregatesRows } from '../../tree/aggregation'
import type { Keypath, OrderbyStage, OrderKey, Stage } from '../../tree/ast'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice, type Finding } from '../advice'
import { without } from '../edit-stages'
import {
  changedKeypaths,
  dependsOnOrder,
  fieldsRead,
  independent,
  isRandom,
  keepsRows,
} from '../stage-effects'

export const uselessSort = defineAdvice(
  'useless-sort',
  'Rows are sorted before a stage that gives them another order or makes others of them.',
  ({ stages }) =>
    stages.flatMap((stage, index) => (stage.kind === 'OrderbyStage' ? adviseOn(stage, stages, index) : [])),
)

function adviseOn(sort: OrderbyStage, stages: readonly Stage[], index: number): readonly Finding[] {
  const end = stages.findIndex((stage, at) => at > index && (dependsOnOrder(stage) || forgetsOrder(stage)))
  const next = stages[end]
  // A sort by chance is a way to mix the rows.
  if (next === undefined || dependsOnOrder(next) || isRandom(sort)) return []
  if (aggregatesRows(next)) {
    const message = `the order is lost in the "${commandOf(next)}" that follows; the sort can be left out`
    return [{ index, message, stages: without(stages, index) }]
  }
  const message = `the "${commandOf(next)}" that follows sorts anew, and at most rows that are equal there keep this order`
  const merged = next.kind === 'OrderbyStage' && merge(sort, next, stages.slice(index + 1, end))
  return [{ index, message, ...(merged && { stages: without(stages.with(end, merged), index) }) }]
}

function forgetsOrder(stage: Stage): boolean {
  return stage.kind === 'OrderbyStage' || stage.kind === 'TopStage' || aggregatesRows(stage)
}

/** One sort that gives the order of both; undefined when the keys of the first are others by then. */
function merge(first: OrderbyStage, second: OrderbyStage, between: readonly Stage[]): Stage | undefined {
  const read = fieldsRead(first)
  const isKept = (stage: Stage) => isFilter(stage) || (read !== undefined && leaves(stage, read))
  if (!between.every(isKept) || isRandom(second)) return undefined
  const known = new Set(second.keys.map(keyText))
  return { ...second, keys: [...second.keys, ...first.keys.filter((key) => !known.has(keyText(key)))] }
}

function leaves(stage: Stage, fields: readonly Keypath[]): boolean {
  return keepsRows(stage) && stage.kind !== 'ChooseStage' && independent(changedKeypaths(stage), fields)
}

function keyText({ expression }: OrderKey): string {
  return printExpression(expression)
}
