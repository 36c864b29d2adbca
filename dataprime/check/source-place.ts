import { implicitSource, implicitSubquerySource, sourceNotFirst } from '../diagnostics/codes'
import type { Stage } from '../tree/ast'
import type { Rule } from './check-context'

/** Only the first stage of a query or sub-query can be a source; without one the default source is read. */
export const checkSourcePlace: Rule = ({ query, stages, report }) => {
  for (const { stage, pipeline, index } of stages) {
    if (index > 0) {
      if (stage.kind === 'SourceStage') report(sourceNotFirst(stage.keywordRange))
    } else if (readsDefault(stage)) {
      const implicit = pipeline === query ? implicitSource : implicitSubquerySource
      report(implicit(stage.keywordRange))
    }
  }
}

function readsDefault({ kind }: Stage): boolean {
  return kind !== 'SourceStage' && kind !== 'UnknownStage' && kind !== 'DpxlStage'
}
