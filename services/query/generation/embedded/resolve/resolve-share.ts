import type { DraftShare, PlacedCondition, Reading } from '../draft'
import { RECORD_NOUNS } from '../lexicon/words'
import { lowerWord as lower } from '../lower-word'
import { textOf } from '../question'
import { wordSet } from '../word-set'
import { isOutcome } from './is-outcome'

export interface ResolvedShare {
  /** The conditions of the counted part. */
  readonly counted: readonly PlacedCondition[]
  /** The conditions every record has to meet. */
  readonly filtered: readonly PlacedCondition[]
  /** The words the counted part was said with. */
  readonly said: string
}

/** What begins a clause that says what is counted, whatever stands before it. */
const CLAUSES = wordSet(
  'that which who are were was is had have returned returning ending ended resulting came hit got being',
)
/** And what does so where the noun says no outcome: "billing lines at error level", but "failing spans with POST". */
const RELATIVES = new Set([...CLAUSES, 'with', 'at'])

/** Where the noun ends that the share is of: "failing spans" of "failing spans on redis". */
function headEnd({ question }: Reading, from: number): number {
  const noun = question.tokens.findIndex(({ lower }, index) => index >= from && RECORD_NOUNS.has(lower))
  return noun < 0 ? from : noun
}

/**
 * Tells the counted part of a share from the records it is a share of. In "billing lines at error level" the
 * level is counted and billing filters: outcomes are counted, where they come from is not. Without any outcome
 * the first condition behind "of" is counted.
 */
export function resolveShare(reading: Reading, share: DraftShare): ResolvedShare {
  const { conditions } = reading.draft
  const candidates = conditions.filter(({ start }) => start >= share.end).sort((a, b) => a.start - b.start)
  const outcomes = candidates.filter(({ condition }) => isOutcome(condition))
  const nounEnd = headEnd(reading, share.end)
  const head = outcomes.filter(({ end }) => end <= nounEnd)
  const predicate = predicateStart(reading, share.end, candidates, head.length > 0 ? CLAUSES : RELATIVES)
  const behind = predicate === null ? [] : outcomes.filter(({ start }) => start >= predicate)
  const counted = [behind, head, outcomes, candidates.slice(0, 1)].find(({ length }) => length > 0) ?? []
  const said = counted.map(({ start, end }) => textOf(reading.question, start, end)).join(' ')
  return { counted, filtered: conditions.filter((condition) => !counted.includes(condition)), said }
}

/** Where the sentence says what holds for the counted part: "… that were", "… with". */
function predicateStart(
  reading: Reading,
  from: number,
  candidates: readonly PlacedCondition[],
  openers: ReadonlySet<string>,
): number | null {
  const last = candidates.at(-1)?.start ?? -1
  for (let at = from; at <= last; at += 1) if (openers.has(lower(reading.question.tokens, at))) return at
  return null
}
