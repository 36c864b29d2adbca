import type { TextRange } from '../tree/ast'
import type { Diagnostic, DiagnosticCode, DiagnosticSeverity, TextEdit } from './diagnostic'
import { renderBriefly } from './render'
import type { Position, Source } from './source'

/** A diagnostic as data for programs: everything it says, with the line and column it begins at. */
export interface DiagnosticData extends Position {
  readonly code: DiagnosticCode
  readonly severity: DiagnosticSeverity
  readonly message: string
  readonly range: TextRange
  readonly hints: string[]
  readonly fix?: { readonly title: string; readonly edits: TextEdit[] }
}

export function toDiagnosticData(
  { code, severity, message, range, hints, fix }: Diagnostic,
  source: Source,
): DiagnosticData {
  return {
    code,
    severity,
    message,
    range,
    ...source.positionAt(range.start),
    hints: [...hints],
    ...(fix !== undefined && { fix: { title: fix.title, edits: [...fix.edits] } }),
  }
}

/** The diagnostics of one severity, each on a line. */
export function renderLines(
  diagnostics: readonly Diagnostic[],
  severity: DiagnosticSeverity,
  source: Source,
): string[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity === severity)
    .map((diagnostic) => renderBriefly(diagnostic, source))
}
