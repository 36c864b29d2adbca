import { explainStage, format, hasErrors, parse, type Query } from '#dataprime'

/** The query with one stage a line; undefined when the text does not parse. */
export function formatText(text: string): string | undefined {
  const { query, diagnostics } = parse(text)
  return hasErrors(diagnostics) ? undefined : format(query)
}

/** What each stage does, a sentence for each. */
export function explainStages(query: Query): readonly string[] {
  return query.stages
    .map(explainStage)
    .filter((clause) => clause !== '')
    .map((clause) => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`)
}
