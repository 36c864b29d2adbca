import { FIELDS, type Field } from '../catalogue/fields'
import { implicitSource, implicitSubquerySource, sourceNotFirst } from '../diagnostics/codes'
import { type Diagnostic, insertText, withFix } from '../diagnostics/diagnostic'
import type { Keypath, Stage } from '../tree/ast'
import type { WalkedStage } from '../tree/walked-pipeline'
import type { Rule } from './check-context'

/** Only the first stage of a query or sub-query can be a source; without one the default source is read. */
export const checkSourcePlace: Rule = ({ query, stages, report }) => {
  for (const { stage, pipeline, index } of stages) {
    if (index > 0) {
      if (stage.kind === 'SourceStage') report(sourceNotFirst(stage.keywordRange))
    } else if (readsDefault(stage)) {
      const isWhole = pipeline === query
      report(isWhole ? withSource(stage, stages) : implicitSubquerySource(stage.keywordRange))
    }
  }
}

function readsDefault({ kind }: Stage): boolean {
  return kind !== 'SourceStage' && kind !== 'UnknownStage' && kind !== 'DpxlStage'
}

function withSource(first: Stage, stages: readonly WalkedStage[]): Diagnostic {
  const dataset = readsSpans(stages.flatMap(({ keypaths }) => keypaths)) ? 'spans' : 'logs'
  const source = `source ${dataset}`
  const edit = insertText(first.range.start, `${source} | `)
  return withFix(implicitSource(first.keywordRange), `begin with ${source}`, edit)
}

/** Whether a query names fields that spans have and logs have not. */
function readsSpans(keypaths: readonly Keypath[]): boolean {
  return keypaths.some(({ namespace, segments }) => {
    const [first] = segments
    return first?.kind === 'NameSegment' && SPAN_FIELDS.has(`${namespace}.${first.name}`)
  })
}

const LOG_FIELDS: ReadonlySet<string> = new Set(FIELDS.logs.map(nameOf))
const SPAN_FIELDS: ReadonlySet<string> = new Set(
  FIELDS.spans
    .filter(({ namespace }) => namespace !== '$d')
    .map(nameOf)
    .filter((name) => !LOG_FIELDS.has(name)),
)

function nameOf({ namespace, name }: Field): string {
  return `${namespace}.${name}`
}
