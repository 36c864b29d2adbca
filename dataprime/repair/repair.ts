import { type AnalyseOptions, analyseKeeping } from '../analyse'
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic'
import { createDiagnosticList } from '../diagnostics/diagnostic-list'
import type { TextRange } from '../tree/ast'
import { EditedText, type ReasonedEdit } from './edited-text'
import { keepComments } from './keep-comments'
import { SETTLED_WITH_ERRORS } from './settled-with-errors'

export interface RepairOptions extends AnalyseOptions {
  /** Also settles what is only doubtful, in a query that is valid as it stands too. */
  readonly settleWarnings?: boolean
}

/** One change: the text `was` at `range` of the original text became `now`. */
export interface RepairEdit {
  readonly range: TextRange
  readonly was: string
  readonly now: string
  readonly why: string
}

export interface Repair {
  readonly query: string
  readonly valid: boolean
  /** In the order of the text and never overlapping; applied to the text that was given they make `query`. */
  readonly edits: readonly RepairEdit[]
  /** What there is to say about `query`. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Of each severity, so many mistakes are settled in one round; a text of more was not written by people. */
const MISTAKES_MAX = 50_000

/** One repair often brings the next mistake to light; no query that was seen needed more than six rounds. */
const ROUNDS_MAX = 20

/** What is read in all rounds together, at least two of them: a longer text was not written by a person. */
const CHARACTERS_READ_MAX = 1_000_000

function roundsFor({ length }: string): number {
  return Math.min(ROUNDS_MAX, Math.max(2, Math.floor(CHARACTERS_READ_MAX / (length + 1))))
}

/**
 * Applies the fixes of a query's errors, round after round, until it is valid or no fix applies. A query
 * that is valid is given back as it is. One that is not also has those doubts settled that people and
 * models make together with errors (`SETTLED_WITH_ERRORS`): whoever wrote `severity = "error"` meant the
 * severity. Never throws; every change is in `edits` with its reason.
 */
export function repair(text: string, options: RepairOptions = {}): Repair {
  let state = readState(new EditedText(text), options)
  let best = state
  const settled = settledBy(state.diagnostics, options)
  const roundsMax = roundsFor(text)
  for (let round = 0; settled !== undefined && round < roundsMax; round++) {
    const edits = chooseEdits(state.diagnostics.filter(settled))
    if (edits.length === 0) break
    state = readState(state.edited.with(keepComments(state.edited.text, edits)), options)
    // A fix may bring more mistakes to light than it settles; then the rounds after it have to show their worth.
    if (state.errorCount < best.errorCount || state.errorCount === 0) best = state
  }
  const { edited, errorCount, diagnostics } = best
  const edits = edited.edits().map(({ range, was, newText, why }) => ({ range, was, now: newText, why }))
  return { query: edited.text, valid: errorCount === 0, edits, diagnostics: shown(diagnostics) }
}

/** The text at hand and what there is to say of it. */
interface RepairState {
  readonly edited: EditedText
  readonly diagnostics: readonly Diagnostic[]
  readonly errorCount: number
}

function readState(edited: EditedText, options: RepairOptions): RepairState {
  const { diagnostics } = analyseKeeping(MISTAKES_MAX, edited.text, options)
  const errorCount = diagnostics.filter(({ severity }) => severity === 'error').length
  return { edited, diagnostics, errorCount }
}

/** As many of the diagnostics as are fit to be shown. */
function shown(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const list = createDiagnosticList()
  for (const diagnostic of diagnostics) list.report(diagnostic)
  return list.finish()
}

/** Which diagnostics are to be settled; undefined when the text is to be left alone. */
function settledBy(
  diagnostics: readonly Diagnostic[],
  { settleWarnings = false }: RepairOptions,
): ((diagnostic: Diagnostic) => boolean) | undefined {
  if (settleWarnings) return ({ severity }) => severity !== 'info'
  if (!hasErrors(diagnostics)) return undefined
  return ({ severity, code }) => severity === 'error' || SETTLED_WITH_ERRORS.has(code)
}

/** A fix with more edits was made for a text that no person wrote. */
const EDITS_PER_FIX_MAX = 400

/**
 * The edits of all fixes that can be applied at once. Of fixes that get in each other's way the one that
 * begins first is applied, or the larger one; the other is found again in the next round, if it is still due.
 */
function chooseEdits(diagnostics: readonly Diagnostic[]): readonly ReasonedEdit[] {
  const fixes = diagnostics.flatMap(({ message, fix }) => {
    if (fix === undefined || fix.edits.length > EDITS_PER_FIX_MAX) return []
    return [fix.edits.map((edit) => ({ ...edit, why: `${message}: ${fix.title}` })).sort(byPlace)]
  })
  fixes.sort((a, b) => startOf(a) - startOf(b) || endOf(b) - endOf(a))
  let chosen: ReasonedEdit[] = []
  for (const edits of fixes) {
    if (edits.some((edit) => touchesAny(edit, chosen))) continue
    // Nearly always a fix comes behind all that were chosen before.
    if (startOf(edits) >= endOf(chosen)) chosen.push(...edits)
    else chosen = [...chosen, ...edits].sort(byPlace)
  }
  return chosen
}

function byPlace(a: ReasonedEdit, b: ReasonedEdit): number {
  return a.range.start - b.range.start || a.range.end - b.range.end
}

function startOf(edits: readonly ReasonedEdit[]): number {
  return edits[0]?.range.start ?? 0
}

function endOf(edits: readonly ReasonedEdit[]): number {
  return edits.at(-1)?.range.end ?? 0
}

/** Whether an edit overlaps one of some sorted ones, or inserts where another begins, ends or inserts. */
function touchesAny({ range }: ReasonedEdit, sorted: readonly ReasonedEdit[]): boolean {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as ReasonedEdit).range.end < range.start) low = middle + 1
    else high = middle
  }
  for (let index = low; index < sorted.length; index++) {
    const other = (sorted[index] as ReasonedEdit).range
    if (other.start > range.end) return false
    const insertion = range.start === range.end || other.start === other.end
    if (insertion || (range.start < other.end && range.end > other.start)) return true
  }
  return false
}
