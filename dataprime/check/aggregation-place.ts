import { ambiguousMinus, misplacedAggregation, nestedAggregation } from '../diagnostics/codes'
import { type Diagnostic, insertText, replaceText, type TextEdit, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { AliasedExpression, BinaryExpression, GroupbyStage, Stage } from '../tree/ast'
import { hasAggregation } from '../tree/has-aggregation'
import { sameTree } from '../tree/same-tree'
import { commandOf } from '../tree/stage-command'
import type { WalkedStage } from '../tree/walked-pipeline'
import type { Call, Rule } from './check-context'

/** Aggregations stand where groups of rows are worked on, and not inside one another. */
export const checkAggregationPlace: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const { aggregates, name, nameRange, aggregateClause, within, scope } = call
    // What DPXL does not have is reported as such.
    if (!aggregates || scope.stage.kind === 'DpxlStage') continue
    // A condition of a join takes nothing but keypaths, which has its own diagnostic.
    if (scope.stage.kind === 'JoinStage') continue
    const key = aggregateClause === null ? keyWithMinus(call) : undefined
    if (key !== undefined) report(withAggregateBefore(key, call))
    else if (aggregateClause === null) {
      const diagnostic = misplacedAggregation(nameRange, name, commandOf(scope.stage))
      report(withWordBeforeAggregates(diagnostic, call) ?? withNameOfResult(diagnostic, call) ?? diagnostic)
    } else if (within !== null) report(nestedAggregation(nameRange, name, within.name))
  }
}

/** `groupby host, count() as n`: the word `aggregate` was forgotten, and a comma stands in its place. */
function withWordBeforeAggregates(diagnostic: Diagnostic, { node, scope }: Call): Diagnostic | undefined {
  const { stage } = scope
  if (stage.kind !== 'GroupbyStage' || stage.aggregates.length > 0) return undefined
  const gap = gapBeforeAggregates(stage)
  if (gap === undefined || node.range.start < gap.start) return undefined
  return withFix(diagnostic, 'add aggregate', replaceText(gap, ' aggregate '))
}

/** The last key of `groupby a -count()`: no documentation tells whether the keys end before the minus. */
function keyWithMinus({ node, scope }: Call): BinaryExpression | undefined {
  const { stage } = scope
  if (stage.kind !== 'GroupbyStage' || stage.aggregates.length > 0) return undefined
  const last = stage.keys.at(-1)?.expression
  if (last?.kind !== 'BinaryExpression' || last.operator !== '-' || last.right !== node) return undefined
  return hasAggregation(last.left) ? undefined : last
}

function withAggregateBefore({ left, operatorRange }: BinaryExpression, call: Call): Diagnostic {
  const blank = operatorRange.start > left.range.end ? '' : ' '
  const edit = insertText(operatorRange.start, `${blank}aggregate `)
  return withFix(ambiguousMinus(call.nameRange, call.name), 'add aggregate', edit)
}

/** Between the last key and the first aggregate, when all keys after some are aggregates. */
function gapBeforeAggregates({ keys }: GroupbyStage) {
  const first = keys.findIndex(({ expression }) => hasAggregation(expression))
  const [before, after] = [keys[first - 1], keys[first]]
  if (before === undefined || after === undefined) return undefined
  const onlyAggregates = keys.slice(first).every(({ expression }) => hasAggregation(expression))
  return onlyAggregates ? { start: before.range.end, end: after.range.start } : undefined
}

/** `… aggregate count() as n | filter count() > 5`: the result is meant, which has a name. */
function withNameOfResult(diagnostic: Diagnostic, { node, scope }: Call): Diagnostic | undefined {
  const results = resultsBefore(scope)
  const result = results.find(({ expression }) => sameTree(expression, node))
  if (result === undefined) return undefined
  const name = result.alias === null ? freeName(node.name, results) : printExpression(result.alias)
  const edits: TextEdit[] = [replaceText(node.range, name)]
  if (result.alias === null) edits.push(insertText(result.range.end, ` as ${name}`))
  return withFix(diagnostic, `use ${name}`, ...edits)
}

/** The aggregates of the grouping whose rows a stage sees. */
function resultsBefore({ pipeline, index }: WalkedStage): readonly AliasedExpression[] {
  for (let at = index - 1; at >= 0 && at >= index - STAGES_BACK_MAX; at--) {
    const stage = pipeline.stages[at] as Stage
    if (
      stage.kind === 'GroupbyStage' ||
      stage.kind === 'AggregateStage' ||
      stage.kind === 'MultigroupbyStage'
    ) {
      return stage.aggregates
    }
    if (!KEEPS_RESULTS.has(stage.kind)) return []
  }
  return []
}

/** A grouping further back is not looked for: in a long pipeline each stage would look through all before it. */
const STAGES_BACK_MAX = 20

const KEEPS_RESULTS: ReadonlySet<Stage['kind']> = new Set<Stage['kind']>([
  'FilterStage',
  'BlockStage',
  'OrderbyStage',
  'LimitStage',
  'CreateStage',
])

function freeName(wanted: string, results: readonly AliasedExpression[]): string {
  const taken = new Set(results.flatMap(({ alias }) => (alias === null ? [] : [printExpression(alias)])))
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
  return name
}
