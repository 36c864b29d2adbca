import * as codes from './codes'
import type { DiagnosticCode, DiagnosticSeverity } from './diagnostic'

/** What is known of a diagnostic before it is made. */
export interface DiagnosticKind {
  readonly code: DiagnosticCode
  readonly severity: DiagnosticSeverity
  readonly summary: string
}

/** Every diagnostic there is, by its code. */
export const DIAGNOSTIC_KINDS: readonly DiagnosticKind[] = Object.values(codes)
  .map(({ code, severity, summary }) => ({ code, severity, summary }))
  .sort((one, other) => (one.code < other.code ? -1 : 1))
