import { type AnalyseOptions, analyse } from '../analyse'
import { type Diagnostic, type Fix, hasErrors, replaceText, type TextEdit } from '../diagnostics/diagnostic'
import type { TextRange } from '../tree/ast'

export interface RepairOptions extends AnalyseOptions {
  /** Settles what is doubtful too, not only what is wrong. */
  readonly settleWarnings?: boolean
}

/** One change that repairing made. */
export interface RepairEdit {
  /** Where, in the text that was given. */
  readonly range: TextRange
  readonly was: string
  readonly now: string
  readonly why: string
}

export interface Repair {
  readonly query: string
  readonly valid: boolean
  /** In the order of the text and never overlapping: applying them to the text given makes `query`. */
  readonly edits: readonly RepairEdit[]
  /** What there is to say about `query`. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Applies the fixes of what is wrong with a query. A query without errors stays as it is, character for character. */
export function repair(text: string, options: RepairOptions = {}): Repair {
  const before = analyse(text, options).diagnostics
  const edits = chooseEdits(before.filter(({ severity }) => isSettled(severity, options)))
  const query = applyEdits(text, edits)
  const { diagnostics } = query === text ? { diagnostics: before } : analyse(query, options)
  return {
    query,
    valid: !hasErrors(diagnostics),
    edits: edits.map(({ range, newText, why }) => {
      return { range, was: text.slice(range.start, range.end), now: newText, why }
    }),
    diagnostics,
  }
}

function isSettled(severity: Diagnostic['severity'], { settleWarnings = false }: RepairOptions): boolean {
  return severity === 'error' || (settleWarnings && severity === 'warning')
}

type ReasonedEdit = TextEdit & { readonly why: string }

/** The edits of every fix that overlaps none before it. */
function chooseEdits(diagnostics: readonly Diagnostic[]): readonly ReasonedEdit[] {
  const chosen: ReasonedEdit[] = []
  let end = 0
  for (const diagnostic of diagnostics) {
    const fix = fixOf(diagnostic)
    const edits = fix?.edits.toSorted((one, other) => one.range.start - other.range.start) ?? []
    if (fix === undefined || edits.some(({ range }) => range.start < end)) continue
    for (const edit of edits) {
      chosen.push({ ...edit, why: fix.title })
      end = Math.max(end, edit.range.end)
    }
  }
  return chosen
}

const OPERATOR_HINT = /^use (==|!=|&&|\|\||!)$/

/** What a diagnostic says settles it; for an operator of another language its hint names the right one. */
function fixOf({ fix, hints, range, message }: Diagnostic): Fix | undefined {
  if (fix !== undefined) return fix
  const operator = OPERATOR_HINT.exec(hints[0] ?? '')?.[1]
  return operator === undefined ? undefined : { title: message, edits: [replaceText(range, operator)] }
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = []
  let end = 0
  for (const { range, newText } of edits) {
    parts.push(text.slice(end, range.start), newText)
    end = range.end
  }
  return parts.join('') + text.slice(end)
}
