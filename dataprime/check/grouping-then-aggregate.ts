import { aggregateAfterGrouping } from '../diagnostics/codes'
import { type Diagnostic, replaceText, type TextEdit, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import { aggregatedGrouping } from '../tree/aggregation'
import type { AggregateStage, CountStage, GroupbyStage } from '../tree/ast'
import { commandOf } from '../tree/stage-command'
import type { Rule } from './check-context'
import { pipeBefore } from './pipe-before'

/** `groupby key | aggregate …` parses, but aggregates over the groups and not within them. */
export const checkGroupingThenAggregate: Rule = ({ stages, text, report }) => {
  for (const { pipeline, index } of stages) {
    const found = aggregatedGrouping(pipeline.stages, index)
    if (found === undefined) continue
    const { grouping, stage } = found
    const diagnostic = aggregateAfterGrouping(stage.keywordRange, commandOf(stage))
    report(text === null ? diagnostic : merged(diagnostic, text, grouping, stage))
  }
}

/** The diagnostic with the pipe between the stages taken out. */
function merged(
  diagnostic: Diagnostic,
  text: string,
  grouping: GroupbyStage,
  stage: AggregateStage | CountStage,
): Diagnostic {
  const pipe = pipeBefore(text, grouping.range.end, stage.range.start)
  if (pipe === undefined) return diagnostic
  const edits: TextEdit[] = [replaceText(pipe, '')]
  if (stage.kind === 'CountStage') {
    const name = stage.into === null ? '' : ` as ${printExpression(stage.into)}`
    edits.push(replaceText(stage.range, `aggregate count()${name}`))
  }
  return withFix(diagnostic, 'aggregate within the groups', ...edits)
}
