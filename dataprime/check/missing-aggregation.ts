import { signaturesOf } from '../catalogue/functions'
import { missingAggregation } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { aggregationWithoutArguments } from '../syntax/foreign/stages'
import type { AliasedExpression, Stage } from '../tree/ast'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'

/** Every expression after `aggregate` has an aggregation in it. */
export const checkMissingAggregation: Rule = ({ stages, calls, report }) => {
  const aggregating = new Set<AliasedExpression>()
  for (const { aggregateClause, name } of calls) {
    if (aggregateClause !== null && mayAggregate(name)) aggregating.add(aggregateClause)
  }
  for (const { stage } of stages) {
    for (const aliased of aggregatesOf(stage)) {
      const { kind, range } = aliased.expression
      if (kind === 'MissingExpression' || aggregating.has(aliased)) continue
      const diagnostic = missingAggregation(range, commandOf(stage))
      const name = aggregationWithoutArguments(aliased.expression)
      report(
        name === undefined
          ? diagnostic
          : withFix(diagnostic, `use ${name}()`, replaceText(range, `${name}()`)),
      )
    }
  }
}

const NO_AGGREGATES: readonly AliasedExpression[] = []

function aggregatesOf(stage: Stage): readonly AliasedExpression[] {
  const takes =
    stage.kind === 'AggregateStage' || stage.kind === 'GroupbyStage' || stage.kind === 'MultigroupbyStage'
  return takes ? stage.aggregates : NO_AGGREGATES
}

/** A function that does not exist is reported as such; it may well have been meant to aggregate. */
function mayAggregate(name: string): boolean {
  const signatures = signaturesOf(name)
  return signatures.length === 0 || signatures.some(({ kind }) => kind === 'aggregate')
}
