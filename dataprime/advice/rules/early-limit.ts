import { isFilter } from '../../analysis/describe-query'
import type { LimitStage, Stage } from '../../tree/ast'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice, type Finding } from '../advice'
import { moved, without } from '../edit-stages'
import { keepsRows } from '../stage-effects'

export const earlyLimit = defineAdvice(
  'early-limit',
  'A limit keeps an arbitrary part of the rows before they are sorted or filtered.',
  ({ stages }) =>
    stages.flatMap((stage, index) => (stage.kind === 'LimitStage' ? adviseOn(stage, stages, index) : [])),
)

function adviseOn(limit: LimitStage, stages: readonly Stage[], index: number): readonly Finding[] {
  if (stages.slice(0, index).some(hasOrder)) return []
  const end = stages.findIndex((stage, at) => at > index && !keepsRows(stage) && !choosesRows(stage))
  const place = stages.findLastIndex(
    (stage, at) => at < (end === -1 ? stages.length : end) && choosesRows(stage),
  )
  if (place < index) return []
  const isSorted = stages.slice(index, place + 1).some(({ kind }) => kind === 'OrderbyStage')
  const message = isSorted
    ? 'the limit keeps an arbitrary part, and only that is sorted; behind the sort it keeps the first of all rows'
    : `the limit keeps an arbitrary part, and only that is searched; behind the "${commandOf(stages[place] as Stage)}" it bounds what is found`
  // A limit that stands there already and lets no more through makes another one needless.
  const isBounded = isAtMost(stages[place + 1], limit)
  return [{ index, message, stages: isBounded ? without(stages, index) : moved(stages, index, place) }]
}

/** Stages for which it matters which rows they are given. */
function choosesRows(stage: Stage): boolean {
  return stage.kind === 'OrderbyStage' || isFilter(stage)
}

/** The rows have been put in an order, or are few: which ones a limit keeps is then not left to chance. */
function hasOrder(stage: Stage): boolean {
  switch (stage.kind) {
    case 'OrderbyStage':
    case 'TopStage':
    case 'LimitStage':
    case 'AggregateStage':
    case 'CountStage':
    case 'UnknownStage':
      return true
    case 'CountbyStage':
      return stage.direction !== null
    default:
      return false
  }
}

function isAtMost(stage: Stage | undefined, limit: LimitStage): boolean {
  return (
    stage?.kind === 'LimitStage' &&
    stage.count.kind === 'NumberLiteral' &&
    limit.count.kind === 'NumberLiteral' &&
    stage.count.value <= limit.count.value
  )
}
