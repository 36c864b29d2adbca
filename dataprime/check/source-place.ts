import { implicitSource, sourceNotFirst } from '../diagnostics/codes'
import type { Rule } from './check-context'

/** Only the first stage of a query or sub-query can be a source; without one the default source is read. */
export const checkSourcePlace: Rule = ({ query, stages, report }) => {
  for (const { stage, index } of stages) {
    if (stage.kind === 'SourceStage' && index > 0) report(sourceNotFirst(stage.keywordRange))
  }
  const first = query.stages[0]
  const readsDefault = first !== undefined && first.kind !== 'SourceStage' && first.kind !== 'UnknownStage'
  if (readsDefault) report(implicitSource(first.keywordRange))
}
