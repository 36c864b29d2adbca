import { runRules } from './check'
import { createDiagnosticList } from './diagnostic-list'
import { type ParseResult, readQuery } from './parser'

/**
 * Reads a query and checks what it means: all there is to say about a text. Never throws. The query is one
 * the engine would take, as far as can be told without its data, when no diagnostic has severity `error`.
 */
export function analyse(text: string): ParseResult {
  const diagnostics = createDiagnosticList()
  const query = readQuery(text, diagnostics.report)
  runRules(query, diagnostics.report)
  return { query, diagnostics: diagnostics.finish() }
}
