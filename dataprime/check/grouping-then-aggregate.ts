import { aggregateAfterGrouping } from '../diagnostics/codes'
import { aggregatesGroups } from '../tree/aggregation'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'

/** `groupby key | aggregate …` parses, but aggregates over the groups and not within them. */
export const checkGroupingThenAggregate: Rule = ({ stages, report }) => {
  for (const { stage, pipeline, index } of stages) {
    if (aggregatesGroups(pipeline.stages[index - 1], stage)) {
      report(aggregateAfterGrouping(stage.keywordRange, commandOf(stage)))
    }
  }
}
