import type { FieldCatalogue } from './catalogue/field-catalogue'
import { runRules } from './check'
import { createDiagnosticList } from './diagnostics/diagnostic-list'
import { type ParseResult, readQuery } from './syntax/parser'

export interface AnalyseOptions {
  /** Makes a field that neither the language nor the catalogue knows an error, as the engine's strict field validation does. */
  readonly strict?: boolean
  /** The fields of the data; without it nothing is known of `$d`. */
  readonly catalogue?: FieldCatalogue
}

/**
 * Reads a query and checks what it means: all there is to say about a text. Never throws. The query is one
 * the engine would take, as far as can be told without its data, when no diagnostic has severity `error`.
 */
export function analyse(text: string, options: AnalyseOptions = {}): ParseResult {
  const diagnostics = createDiagnosticList()
  const query = readQuery(text, diagnostics.report)
  runRules(query, diagnostics.report, options, text)
  return { query, diagnostics: diagnostics.finish() }
}
