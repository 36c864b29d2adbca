import { isFilter } from '../../analysis/describe-query'
import { printExpression } from '../../format/print'
import type { AliasedExpression, Expression, Keypath, MultigroupbyStage, Stage } from '../../tree/ast'
import { stage as buildStage, keypath, orderKey } from '../../tree/build'
import { isCall } from '../../tree/calls'
import { canonicalKeypath, impliedName, keypathsIn } from '../../tree/keypaths'
import { defineAdvice, type Finding } from '../advice'
import { conjunctsOf } from '../conditions'
import { inserted, limitTo } from '../edit-stages'
import { hasManyValues } from '../field-names'
import { type Grouping, groupKeysOf, isGrouping } from '../groupings'

/** Groups that a rewritten query is bounded to, for its writer to change. */
const GROUPS = 20

type Keyed = Grouping | MultigroupbyStage

export const manyValuedKey = defineAdvice(
  'many-valued-key',
  'Rows are grouped by a field with very many values, such as an id or an address, and all groups are given back.',
  ({ stages, outer }) => {
    if (outer !== null) return []
    return stages.flatMap((stage, index) => {
      if (!isKeyed(stage) || isNarrowed(stages.slice(index + 1))) return []
      const fields = groupKeysOf(stage).map(({ expression }) => expression)
      const before = stages.slice(0, index)
      if (isList(stage) && before.some(isFilter)) return []
      const field = fields.find((key): key is Keypath => key.kind === 'Keypath' && hasManyValues(key))
      return field === undefined || isPinned(field, before) ? [] : [adviseOn(stage, field, stages, index)]
    })
  },
)

function isKeyed(stage: Stage): stage is Keyed {
  return isGrouping(stage) || stage.kind === 'MultigroupbyStage'
}

/** Values without any measure of them, which are asked for by whoever says of which rows. */
function isList(stage: Keyed): boolean {
  return stage.kind === 'DistinctStage' || (stage.kind === 'GroupbyStage' && stage.aggregates.length === 0)
}

/** Whether the groups are narrowed down or made into fewer rows by a later stage. */
function isNarrowed(later: readonly Stage[]): boolean {
  return later.some((stage) => stage.kind !== 'OrderbyStage' && !isShaping(stage))
}

function isShaping({ kind }: Stage): boolean {
  return kind === 'CreateStage' || kind === 'ChooseStage' || kind === 'RemoveStage' || kind === 'ReplaceStage'
}

/** Whether a filter before has said which values are looked at. */
function isPinned(field: Keypath, before: readonly Stage[]): boolean {
  const isField = (expression: Expression | undefined) =>
    expression?.kind === 'Keypath' && canonicalKeypath(expression) === canonicalKeypath(field)
  return before.some(
    (stage) =>
      stage.kind === 'FilterStage' &&
      conjunctsOf(stage.predicate).some((condition) => operandsOf(condition).some(isField)),
  )
}

/** What is compared for equality, or looked for in a list. */
function operandsOf(condition: Expression): readonly (Expression | undefined)[] {
  if (condition.kind === 'BinaryExpression' && condition.operator === '==') {
    return [condition.left, condition.right]
  }
  if (!isCall(condition) || condition.name !== 'in') return []
  return [condition.kind === 'MethodCallExpression' ? condition.target : condition.arguments[0]?.value]
}

function adviseOn(stage: Keyed, field: Keypath, stages: readonly Stage[], index: number): Finding {
  const name = printExpression(field)
  const count = measureOf(stage)
  if (count === undefined) {
    const message = `"${name}" may have very many values, and the engine keeps 1,000 groups; approx_count_distinct(${name}) tells how many there are`
    return { index, message }
  }
  const message = `"${name}" may have very many values, and the engine keeps 1,000 groups; a sort and a limit keep the first ${GROUPS}`
  return { index, message, stages: bounded(stages, index, count) }
}

/** What the groups can be ranked by, the first aggregate under its name; none where groups of one time belong together. */
function measureOf(stage: Keyed): Keypath | undefined {
  if (groupKeysOf(stage).some(isTime)) return undefined
  if (stage.kind === 'CountbyStage') return stage.into ?? keypath(null, '_count')
  if (stage.kind !== 'GroupbyStage') return undefined
  return stage.aggregates.find(({ expression }) => isMeasure(expression))?.alias ?? undefined
}

const MEASURES = /^(count|count_if|sum|avg|max|percentile|median|distinct_count|approx_count_distinct)$/

function isMeasure(expression: Expression): boolean {
  return isCall(expression) && MEASURES.test(expression.name)
}

function isTime({ expression }: AliasedExpression): boolean {
  return keypathsIn(expression).some((field) => /time/i.test(impliedName(field) ?? ''))
}

/** A sort that is there already says which groups come first. */
function bounded(stages: readonly Stage[], index: number, measure: Keypath): readonly Stage[] {
  const sort = stages.findLastIndex((stage, place) => place > index && stage.kind === 'OrderbyStage')
  if (sort !== -1) return inserted(stages, sort + 1, limitTo(GROUPS))
  const largestFirst = buildStage<Stage>({ kind: 'OrderbyStage', keys: [orderKey(measure, 'desc')] })
  return inserted(stages, index + 1, largestFirst, limitTo(GROUPS))
}
