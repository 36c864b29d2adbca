import type { KnownDataset } from '../catalogue/fields'
import { implicitSource, implicitSubquerySource, sourceNotFirst } from '../diagnostics/codes'
import { type Diagnostic, insertText, withFix } from '../diagnostics/diagnostic'
import type { Stage } from '../tree/ast'
import type { Rule } from './check-context'

/** Only the first stage of a query or sub-query can be a source; without one the default source is read. */
export const checkSourcePlace: Rule = ({ query, stages, datasetOf, report }) => {
  for (const { stage, pipeline, index } of stages) {
    if (index > 0) {
      if (stage.kind === 'SourceStage') report(sourceNotFirst(stage.keywordRange))
    } else if (readsDefault(stage)) {
      const isWhole = pipeline === query
      report(
        isWhole ? withSource(stage, datasetOf(query) ?? 'logs') : implicitSubquerySource(stage.keywordRange),
      )
    }
  }
}

function readsDefault({ kind }: Stage): boolean {
  return kind !== 'SourceStage' && kind !== 'UnknownStage' && kind !== 'DpxlStage'
}

function withSource(first: Stage, dataset: KnownDataset): Diagnostic {
  const source = `source ${dataset}`
  const edit = insertText(first.range.start, `${source} | `)
  return withFix(implicitSource(first.keywordRange, dataset), `begin with ${source}`, edit)
}
