/**
 * Diagnostics and fixes in the shape of the Language Server Protocol 3.17, for editors. Lines and characters
 * count from zero, characters in UTF-16 units, the protocol's default and the units of all offsets here.
 */
import type { TextRange } from '../tree/ast'
import type { Diagnostic, DiagnosticCode, DiagnosticSeverity, TextEdit } from './diagnostic'
import { sayDiagnostic } from './render'
import type { Source } from './source'

export interface LspPosition {
  readonly line: number
  readonly character: number
}

export interface LspRange {
  readonly start: LspPosition
  readonly end: LspPosition
}

export interface LspTextEdit {
  readonly range: LspRange
  readonly newText: string
}

/** `Diagnostic` of the protocol. Editors hand `data` back when they ask for code actions. */
export interface LspDiagnostic {
  readonly range: LspRange
  /** 1 error, 2 warning, 3 information. */
  readonly severity: 1 | 2 | 3
  readonly code: DiagnosticCode
  readonly source: 'dataprime'
  readonly message: string
  readonly data: {
    readonly hints: readonly string[]
    readonly fix?: { readonly title: string; readonly edits: readonly LspTextEdit[] }
  }
}

/** `CodeAction` of the protocol: a quick fix of one document. */
export interface LspCodeAction {
  readonly title: string
  readonly kind: 'quickfix'
  readonly diagnostics: readonly LspDiagnostic[]
  readonly isPreferred: true
  readonly edit: { readonly changes: Readonly<Record<string, readonly LspTextEdit[]>> }
}

const SEVERITIES: Readonly<Record<DiagnosticSeverity, 1 | 2 | 3>> = { error: 1, warning: 2, info: 3 }

/** A diagnostic as an editor takes it. Its message has the hints in it, since editors show nothing else. */
export function toLspDiagnostic(diagnostic: Diagnostic, source: Source): LspDiagnostic {
  const { code, severity, range, hints, fix } = diagnostic
  return {
    range: toLspRange(range, source),
    severity: SEVERITIES[severity],
    code,
    source: 'dataprime',
    message: sayDiagnostic(diagnostic),
    data: {
      hints,
      ...(fix && { fix: { title: fix.title, edits: fix.edits.map((edit) => toLspTextEdit(edit, source)) } }),
    },
  }
}

export function toLspRange({ start, end }: TextRange, source: Source): LspRange {
  return { start: toLspPosition(start, source), end: toLspPosition(end, source) }
}

export function toLspTextEdit({ range, newText }: TextEdit, source: Source): LspTextEdit {
  return { range: toLspRange(range, source), newText }
}

/** The quick fix of a diagnostic in the document at `uri`; null when it has none. */
export function toLspCodeAction(diagnostic: LspDiagnostic, uri: string): LspCodeAction | null {
  const { fix } = diagnostic.data
  if (fix === undefined) return null
  return {
    title: fix.title,
    kind: 'quickfix',
    diagnostics: [diagnostic],
    isPreferred: true,
    edit: { changes: { [uri]: fix.edits } },
  }
}

function toLspPosition(offset: number, source: Source): LspPosition {
  const { line, column } = source.positionAt(offset)
  return { line: line - 1, character: column - 1 }
}
