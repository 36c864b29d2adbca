import type { AliasedExpression, DistinctStage, Expression, GroupbyStage, Stage } from '../../tree/ast'
import { stage as buildStage, keypath } from '../../tree/build'
import { canonicalKeypath, impliedName } from '../../tree/keypaths'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice } from '../advice'
import { isGrouping, keySources, resultName } from '../groupings'

export const redundantGrouping = defineAdvice(
  'redundant-grouping',
  'Rows are grouped, and then the distinct values of nothing but the keys are taken.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      const next = stages[index + 1]
      if (!isGrouping(stage) || next === undefined || !isDistinct(next)) return []
      const sources = keySources(stage)
      const fields = next.keys.map((key) => keyOf(key, sources))
      if (!fields.every((field) => field !== undefined)) return []
      const distinct = buildStage<DistinctStage>({ kind: 'DistinctStage', keys: fields })
      const message = `only keys are left after the "${commandOf(next)}" that follows; it can read the rows themselves`
      return [{ index, message, stages: stages.toSpliced(index, 2, distinct) }]
    }),
)

type Distinct = DistinctStage | GroupbyStage

/** A grouping without aggregates gives the distinct combinations of its keys. */
function isDistinct(stage: Stage): stage is Distinct {
  return stage.kind === 'DistinctStage' || (stage.kind === 'GroupbyStage' && stage.aggregates.length === 0)
}

/** The key of the grouping that is read, under the name it has in the end; undefined when it is not a key. */
function keyOf(
  { expression, alias, range }: AliasedExpression,
  sources: ReadonlyMap<string, Expression>,
): AliasedExpression | undefined {
  if (expression.kind !== 'Keypath') return undefined
  const source = sources.get(canonicalKeypath(expression))
  const name = alias ?? keypath(null, impliedName(expression) ?? '')
  if (source === undefined) return undefined
  const unnamed: AliasedExpression = { kind: 'AliasedExpression', expression: source, alias: null, range }
  return resultName(unnamed) === canonicalKeypath(name) ? unnamed : { ...unnamed, alias: name }
}
