import { misplacedAggregation, nestedAggregation } from '../diagnostics/codes'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'

/** Aggregations stand where groups of rows are worked on, and not inside one another. */
export const checkAggregationPlace: Rule = ({ calls, report }) => {
  for (const { aggregates, name, nameRange, aggregateClause, within, scope } of calls) {
    // What DPXL does not have is reported as such.
    if (!aggregates || scope.stage.kind === 'DpxlStage') continue
    if (aggregateClause === null) report(misplacedAggregation(nameRange, name, commandOf(scope.stage)))
    else if (within !== null) report(nestedAggregation(nameRange, name, within.name))
  }
}
