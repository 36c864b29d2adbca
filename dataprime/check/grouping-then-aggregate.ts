import { aggregateAfterGrouping } from '../diagnostics/codes'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'

/** `groupby key | aggregate …` parses, but aggregates over the groups and not within them. */
export const checkGroupingThenAggregate: Rule = ({ stages, report }) => {
  for (const { stage, pipeline, index } of stages) {
    if (stage.kind !== 'AggregateStage' && stage.kind !== 'CountStage') continue
    const previous = pipeline.stages[index - 1]
    const onlyGroups = previous?.kind === 'GroupbyStage' && previous.aggregates.length === 0
    if (onlyGroups) report(aggregateAfterGrouping(stage.keywordRange, commandOf(stage)))
  }
}
