import type { AliasedExpression, Stage } from '../ast'
import { signaturesOf } from '../catalogue/functions'
import { missingAggregation } from '../diagnostics'
import { commandOf } from '../stage-command'
import { walk } from '../walk'
import type { Rule } from './check-context'

/** Every expression after `aggregate` has an aggregation in it. */
export const checkMissingAggregation: Rule = ({ stages, report }) => {
  for (const { stage } of stages) {
    for (const aliased of aggregatesOf(stage)) {
      const { kind, range } = aliased.expression
      if (kind === 'MissingExpression' || mayAggregate(aliased)) continue
      report(missingAggregation(range, commandOf(stage)))
    }
  }
}

function aggregatesOf(stage: Stage): readonly AliasedExpression[] {
  const takes =
    stage.kind === 'AggregateStage' || stage.kind === 'GroupbyStage' || stage.kind === 'MultigroupbyStage'
  return takes ? stage.aggregates : []
}

/** A function that does not exist is reported as such; it may well have been meant to aggregate. */
function mayAggregate({ expression }: AliasedExpression): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind !== 'CallExpression' && node.kind !== 'MethodCallExpression') return
    const signatures = signaturesOf(node.name)
    found ||= signatures.length === 0 || signatures.some(({ kind }) => kind === 'aggregate')
  })
  return found
}
