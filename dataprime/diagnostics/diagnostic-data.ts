import type { Diagnostic, DiagnosticSeverity } from './diagnostic'
import { renderBriefly } from './render'
import type { Position, Source } from './source'

/** A diagnostic as data for programs: everything it says, with the line and column it begins at. */
export type DiagnosticData = Diagnostic & Position

export function toDiagnosticData(diagnostic: Diagnostic, source: Source): DiagnosticData {
  const { fix, ...told } = diagnostic
  return { ...told, ...source.positionAt(diagnostic.range.start), ...(fix !== undefined && { fix }) }
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
