import type { TextRange } from '../tree/ast'

/**
 * - error: the engine would refuse the query whatever the data
 * - warning: accepted or probably accepted, but doubtful or not what it seems
 * - info: worth knowing, nothing to change
 */
export type DiagnosticSeverity = 'error' | 'warning' | 'info'

export type DiagnosticCode = `DP${string}`

/** One replacement of a range of the source text. */
export interface TextEdit {
  readonly range: TextRange
  readonly newText: string
}

/** A change that settles a diagnostic without changing what the query means to say. */
export interface Fix {
  readonly title: string
  readonly edits: readonly TextEdit[]
}

/**
 * Something to say about a place in a query. `message` states what was found and what is expected;
 * `hints` name the way out, the best first. Offsets are UTF-16 units into the source text.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: DiagnosticSeverity
  readonly message: string
  readonly range: TextRange
  readonly hints: readonly string[]
  readonly fix?: Fix
}

/** The diagnostic with a change that settles it. */
export function withFix(diagnostic: Diagnostic, title: string, ...edits: readonly TextEdit[]): Diagnostic {
  return { ...diagnostic, fix: { title, edits } }
}

/** The diagnostic as an error, in a mode that refuses what is otherwise only doubtful. */
export function asError(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: 'error' }
}

/** The diagnostic as an info, where it is not much of a doubt. */
export function asInfo(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: 'info' }
}

export function replaceText(range: TextRange, newText: string): TextEdit {
  return { range, newText }
}

export function insertText(offset: number, newText: string): TextEdit {
  return { range: { start: offset, end: offset }, newText }
}

/** Takes diagnostics as they are found. */
export type Report = (diagnostic: Diagnostic) => void

interface Wording {
  readonly message: string
  readonly hints?: readonly string[]
}

/** A code with its severity outside strict mode, a summary for the documentation, and the function that makes the diagnostic. */
export interface DiagnosticFactory<Details extends readonly unknown[]> {
  (range: TextRange, ...details: Details): Diagnostic
  readonly code: DiagnosticCode
  readonly severity: DiagnosticSeverity
  readonly summary: string
}

const NO_HINTS: readonly string[] = []

export function defineDiagnostic<Details extends readonly unknown[]>(
  code: DiagnosticCode,
  severity: DiagnosticSeverity,
  summary: string,
  word: (...details: Details) => Wording,
): DiagnosticFactory<Details> {
  const create = (range: TextRange, ...details: Details): Diagnostic => {
    const { message, hints = NO_HINTS } = word(...details)
    return { code, severity, message, range, hints }
  }
  return Object.assign(create, { code, severity, summary })
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}
