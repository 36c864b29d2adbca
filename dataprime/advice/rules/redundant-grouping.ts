import type { AliasedExpression, DistinctStage, Stage } from '../../tree/ast'
import { stage as buildStage, keypath } from '../../tree/build'
import { canonicalKeypath, impliedName } from '../../tree/keypaths'
import { commandOf } from '../../tree/stage-command'
import { defineAdvice } from '../advice'
import { type Grouping, isGrouping, keySources, resultName } from '../groupings'

export const redundantGrouping = defineAdvice(
  'redundant-grouping',
  'Rows are grouped, and then the distinct values of nothing but the keys are taken.',
  ({ stages }) =>
    stages.flatMap((stage, index) => {
      const next = stages[index + 1]
      if (!isGrouping(stage) || next === undefined || !isDistinct(next)) return []
      const fields = next.keys.map((key) => keyOf(stage, key))
      if (!fields.every((field) => field !== undefined)) return []
      const distinct = buildStage<DistinctStage>({ kind: 'DistinctStage', keys: fields })
      const message = `only keys are left after the "${commandOf(next)}" that follows; it can read the rows themselves`
      return [{ index, message, stages: stages.toSpliced(index, 2, distinct) }]
    }),
)

type Distinct = Extract<Grouping, { keys: unknown }> & { readonly kind: 'DistinctStage' | 'GroupbyStage' }

/** A grouping without aggregates gives the distinct combinations of its keys. */
function isDistinct(stage: Stage): stage is Distinct {
  return stage.kind === 'DistinctStage' || (stage.kind === 'GroupbyStage' && stage.aggregates.length === 0)
}

/** The key of the grouping that is read, under the name it has in the end; undefined when it is not a key. */
function keyOf(grouping: Grouping, { expression, alias }: AliasedExpression): AliasedExpression | undefined {
  if (expression.kind !== 'Keypath') return undefined
  const source = keySources(grouping).get(canonicalKeypath(expression))
  const name = alias ?? keypath(null, impliedName(expression) ?? '')
  if (source === undefined) return undefined
  const unnamed = {
    kind: 'AliasedExpression',
    expression: source,
    alias: null,
    range: grouping.range,
  } as const
  return resultName(unnamed) === canonicalKeypath(name) ? unnamed : { ...unnamed, alias: name }
}
