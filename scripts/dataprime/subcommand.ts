import {
  type AnalyseOptions,
  createSource,
  type Diagnostic,
  hasErrors,
  renderDiagnostics,
  renderLines,
} from '#dataprime'
import type { Terminal } from '../cli/terminal'

/** A place in a query: an offset in UTF-16 units, or a line and column that count from one. */
export type Place = { readonly offset: number } | { readonly line: number; readonly column: number }

export interface Settings {
  /** What the checks are told. */
  readonly analysis: AnalyseOptions
  /** Repairs what is doubtful too. */
  readonly settleWarnings: boolean
  /** Where to complete; undefined is the end. */
  readonly place: Place | undefined
}

/** What became of one query. */
export interface Outcome {
  /** The result for programs. */
  readonly fields: Readonly<Record<string, unknown>>
  /** False when the query has an error. */
  readonly ok: boolean
  /** Shows the result to people: results are printed, remarks are warned. */
  show(terminal: Terminal): void
}

/** Does one thing to a query. Never throws, whatever the text. */
export type Subcommand = (text: string, settings: Settings) => Outcome

/** What every result that judges a query begins with. */
export function judge(text: string, diagnostics: readonly Diagnostic[]) {
  const source = createSource(text)
  return {
    valid: !hasErrors(diagnostics),
    errors: renderLines(diagnostics, 'error', source),
    warnings: renderLines(diagnostics, 'warning', source),
  }
}

/** The errors of a query that could not be dealt with, as people read them. */
export function warnOfErrors(terminal: Terminal, text: string, diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) terminal.warn(renderDiagnostics(errors, text))
}
