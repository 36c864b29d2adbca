import { build, type Expression, type Stage } from '#dataprime'
import { isShape } from './conjuncts'
import type { RemovalTarget } from './read-cues'

/** Puts a stage in the place of the one of its kind, or where it belongs when there is none. */
export function placeStage(stages: readonly Stage[], stage: Stage): Stage[] {
  const at = stages.findLastIndex(({ kind }) => kind === stage.kind)
  if (at >= 0) return stages.with(at, stage)
  const after = LATER[stage.kind] ?? []
  const before = stages.findIndex(({ kind }) => after.includes(kind))
  return before < 0 ? [...stages, stage] : stages.toSpliced(before, 0, stage)
}

/** What comes after an order, a limit. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  OrderbyStage: ['LimitStage', 'ChooseStage'],
  LimitStage: ['ChooseStage'],
}

/** A condition on a measure, behind the shape and before the order; it replaces an earlier one. */
export function placeHaving(stages: readonly Stage[], predicate: Expression): Stage[] {
  const shapeAt = stages.findIndex(isShape)
  if (shapeAt < 0) return [...stages]
  const filter = build.stage({ kind: 'FilterStage', predicate } as const) as Stage
  return stages[shapeAt + 1]?.kind === 'FilterStage'
    ? stages.with(shapeAt + 1, filter)
    : stages.toSpliced(shapeAt + 1, 0, filter)
}

/** The stages without those a follow-up wants gone. */
export function removeStages(stages: readonly Stage[], targets: readonly RemovalTarget[]): Stage[] {
  return targets.reduce<Stage[]>((left, target) => removeTarget(left, target), [...stages])
}

function removeTarget(stages: readonly Stage[], target: RemovalTarget): Stage[] {
  const shapeAt = stages.findIndex(isShape)
  switch (target) {
    case 'limit':
      return stages.filter(({ kind }) => kind !== 'LimitStage')
    case 'order':
      return stages.filter(({ kind }) => kind !== 'OrderbyStage')
    case 'projection':
      return stages.filter(({ kind }) => kind !== 'ChooseStage')
    case 'group':
      // Everything behind the grouping speaks of its results.
      return shapeAt < 0 ? [...stages] : stages.slice(0, shapeAt)
    case 'filter':
      return stages.filter(({ kind }, index) => kind !== 'FilterStage' || (shapeAt >= 0 && index > shapeAt))
    case 'time':
      return stages.map((stage) => (stage.kind === 'SourceStage' ? { ...stage, timeframe: null } : stage))
  }
}
