import type { FieldCatalogue } from './catalogue/field-catalogue'
import { runRules } from './check'
import type { Report } from './diagnostics/diagnostic'
import { createDiagnosticList } from './diagnostics/diagnostic-list'
import { type ParseResult, readDpxl, readQuery } from './syntax/parser'
import type { Query } from './tree/ast'

export interface AnalyseOptions {
  /** Makes a field that neither the language nor the catalogue knows an error, as the engine's strict field validation does. */
  readonly strict?: boolean
  /** The fields of the data; without it nothing is known of `$d`. */
  readonly catalogue?: FieldCatalogue
}

/**
 * Reads a query and checks what it means: all there is to say about a text. Never throws. The query is one
 * the engine would take, as far as can be told without its data, when no diagnostic has severity `error`.
 * A text that begins with `<v1>` is read as an expression of DPXL.
 */
export function analyse(text: string, options: AnalyseOptions = {}): ParseResult {
  return readAndCheck(readQuery, text, options)
}

/** Reads an expression of DPXL and checks that it holds nothing DPXL does not have; a missing `<v1>` is an error. */
export function analyseDpxl(text: string, options: AnalyseOptions = {}): ParseResult {
  return readAndCheck(readDpxl, text, options)
}

/** The same as `analyse`, with more or fewer diagnostics of each severity kept than is fit to be shown. */
export function analyseKeeping(keptMax: number, text: string, options: AnalyseOptions): ParseResult {
  return readAndCheck(readQuery, text, options, keptMax)
}

function readAndCheck(
  read: (text: string, report: Report) => Query,
  text: string,
  options: AnalyseOptions,
  keptMax?: number,
): ParseResult {
  const diagnostics = createDiagnosticList(keptMax)
  const mistakes: number[] = []
  const query = read(text, (diagnostic) => {
    if (diagnostic.severity === 'error') mistakes.push(diagnostic.range.start)
    diagnostics.report(diagnostic)
  })
  mistakes.sort((a, b) => a - b)
  runRules(query, diagnostics.report, options, { text, mistakes })
  return { query, diagnostics: diagnostics.finish() }
}
