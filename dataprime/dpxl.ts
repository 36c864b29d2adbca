/**
 * DPXL, the expression language of scopes, routing and policies: `<v1>` and one condition. Its tree is a
 * query of one `DpxlStage`, so that everything that works on queries works on it too.
 */
import type { AnalyseOptions } from './analyse'
import { runRules } from './check'
import { createDiagnosticList } from './diagnostics/diagnostic-list'
import { type ParseResult, readDpxl } from './syntax/parser'

/** Reads an expression of DPXL; a missing `<v1>` is an error with a fix. Never throws. */
export function parseDpxl(text: string): ParseResult {
  const diagnostics = createDiagnosticList()
  const query = readDpxl(text, diagnostics.report)
  return { query, diagnostics: diagnostics.finish() }
}

/**
 * Reads an expression of DPXL and checks that it holds nothing DPXL does not have. `analyse` does the same
 * with a text that begins with `<v1>`.
 */
export function analyseDpxl(text: string, options: AnalyseOptions = {}): ParseResult {
  const diagnostics = createDiagnosticList()
  const query = readDpxl(text, diagnostics.report)
  runRules(query, diagnostics.report, options)
  return { query, diagnostics: diagnostics.finish() }
}
