import { isFilter } from '../../analysis/describe-query'
import type { Keypath, Stage } from '../../tree/ast'
import { replacesRows } from '../../tree/keypaths'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice } from '../advice'
import { without } from '../edit-stages'
import { changedKeypaths, fieldsRead, independent, keepsRows, mayFail } from '../stage-effects'

export const deadStage = defineAdvice(
  'dead-stage',
  'A field is made, changed or removed, and nothing reads it before it is dropped.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      if (!keepsRows(stage) || stage.kind === 'ChooseStage' || mayFail(stage)) return []
      const end = dropper(changedKeypaths(stage), stages.slice(index + 1))
      if (end === undefined) return []
      const message =
        stage.kind === 'RemoveStage'
          ? `the "${commandOf(end)}" that follows drops the fields anyway`
          : `nothing reads what "${commandOf(stage)}" changes before "${commandOf(end)}" drops it`
      return [{ index, message, stages: without(stages, index) }]
    }),
)

/** The stage that drops the fields, when no stage up to it reads them. */
function dropper(changed: readonly Keypath[], later: readonly Stage[]): Stage | undefined {
  for (const stage of later) {
    const read = fieldsRead(stage)
    if (changed.length === 0 || read === undefined || !independent(changed, read)) return undefined
    if (replacesRows(stage)) return dropsAll(stage, changed) ? stage : undefined
    if (!readsOnlyWhatItNames(stage)) return undefined
  }
  return undefined
}

/** After a choice of fields metadata and labels may still be there; after a grouping nothing else is. */
function dropsAll(stage: Stage, changed: readonly Keypath[]): boolean {
  return (
    stage.kind !== 'ChooseStage' || changed.every(({ namespace }) => namespace === null || namespace === '$d')
  )
}

/** A join or union puts rows beside others, whose fields may have the same names. */
function readsOnlyWhatItNames(stage: Stage): boolean {
  return (
    keepsRows(stage) ||
    isFilter(stage) ||
    stage.kind === 'OrderbyStage' ||
    stage.kind === 'LimitStage' ||
    stage.kind === 'DedupebyStage'
  )
}
