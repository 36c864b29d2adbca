import { tooManyProblems } from './codes'
import type { Diagnostic, DiagnosticSeverity, Report } from './diagnostic'

/** Diagnostics kept of each severity. A text of a million mistakes is not answered with a million of them. */
export const DIAGNOSTICS_KEPT_MAX = 100

export interface DiagnosticList {
  readonly report: Report
  /** All that was reported, in the order of the text; the first ones when there were too many. */
  finish(): readonly Diagnostic[]
}

/** Collects diagnostics, those of each severity counted by itself so that warnings cannot crowd out an error. */
export function createDiagnosticList(keptMax = DIAGNOSTICS_KEPT_MAX): DiagnosticList {
  const kept: Diagnostic[] = []
  const counts: Record<DiagnosticSeverity, number> = { error: 0, warning: 0, info: 0 }
  return {
    report(diagnostic) {
      counts[diagnostic.severity]++
      if (counts[diagnostic.severity] <= keptMax) kept.push(diagnostic)
    },
    finish() {
      // Sorting is stable: what was reported first at a place stays first.
      if (kept.length > 1) kept.sort((a, b) => a.range.start - b.range.start)
      for (const severity of ['error', 'warning', 'info'] as const) {
        const left = counts[severity] - keptMax
        const last = kept.at(-1)
        if (left > 0 && last) kept.push(tooManyProblems(last.range, severity, keptMax, left))
      }
      return kept
    },
  }
}
