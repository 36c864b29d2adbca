import type { Candidate } from './candidate'
import type { Completion, CompletionKind } from './completion'

/** Completions that one answer has at most, and of them those of one kind. */
export const COMPLETIONS_MAX = 500
export const COMPLETIONS_OF_A_KIND_MAX = 200

/** Letters that are enough to look for them in the middle of a word. */
const SUBSTRING_LENGTH_MIN = 2

/**
 * The candidates that what is typed fits, those that begin with it before those that hold it, and otherwise in
 * the order they come in. Of two with the same label and range the first is kept.
 */
export function rankCandidates(candidates: readonly Candidate[]): readonly Completion[] {
  const beginning: Candidate[] = []
  const holding: Candidate[] = []
  for (const candidate of candidates) {
    const fit = fitOf(candidate)
    if (fit === 'begins') beginning.push(candidate)
    else if (fit === 'holds') holding.push(candidate)
  }
  return bound([...beginning, ...holding])
}

function fitOf({ typed, matches }: Candidate): 'begins' | 'holds' | undefined {
  if (typed === '') return 'begins'
  if (typed.length > LONGEST_TYPED) return undefined
  const wanted = typed.toLowerCase()
  const texts = matches.map((text) => text.toLowerCase())
  if (texts.some((text) => text.startsWith(wanted))) return 'begins'
  // Nobody looks for a number in the middle of a name.
  return wanted.length >= SUBSTRING_LENGTH_MIN &&
    !/^\d/.test(wanted) &&
    texts.some((text) => text.includes(wanted))
    ? 'holds'
    : undefined
}

/** Longer than anything there is to be found. */
const LONGEST_TYPED = 1000

function bound(candidates: readonly Candidate[]): readonly Completion[] {
  const seen = new Set<string>()
  const counts = new Map<CompletionKind, number>()
  const kept: Completion[] = []
  for (const { label, kind, insertText, range, detail, documentation } of candidates) {
    if (kept.length >= COMPLETIONS_MAX) break
    const key = `${range.start} ${label}`
    const count = counts.get(kind) ?? 0
    if (seen.has(key) || count >= COMPLETIONS_OF_A_KIND_MAX) continue
    seen.add(key)
    counts.set(kind, count + 1)
    kept.push({ label, kind, insertText, range, detail, documentation })
  }
  return kept
}
