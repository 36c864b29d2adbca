import { FIELDS, type Field } from '../catalogue/fields'
import { implicitSource, sourceNotFirst } from '../diagnostics/codes'
import { insertText, withFix } from '../diagnostics/diagnostic'
import type { Keypath } from '../tree/ast'
import type { Rule } from './check-context'

/** Only the first stage of a query or sub-query can be a source; without one the default source is read. */
export const checkSourcePlace: Rule = ({ query, stages, keypaths, report }) => {
  for (const { stage, index } of stages) {
    if (stage.kind === 'SourceStage' && index > 0) report(sourceNotFirst(stage.keywordRange))
  }
  const first = query.stages[0]
  const readsDefault = first !== undefined && first.kind !== 'SourceStage' && first.kind !== 'UnknownStage'
  if (!readsDefault) return
  const dataset = readsSpans(keypaths.map(({ keypath }) => keypath)) ? 'spans' : 'logs'
  const source = `source ${dataset}`
  const edit = insertText(first.range.start, `${source} | `)
  report(withFix(implicitSource(first.keywordRange), `begin with ${source}`, edit))
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
