import { isOutcome } from '../conditions/is-outcome'
import type { DraftShare, PlacedCondition, Reading } from '../draft'
import { lowerWord as lower } from '../lower-word'
import { textOf } from '../question'

export interface ResolvedShare {
  /** The conditions of the counted part. */
  readonly counted: readonly PlacedCondition[]
  /** The conditions every record has to meet. */
  readonly filtered: readonly PlacedCondition[]
  /** The words the counted part was said with. */
  readonly said: string
}

const RELATIVES =
  /^(that|which|who|are|were|was|is|had|have|with|at|returned|returning|ending|ended|resulting|came|hit|got|being)$/

/**
 * Tells the counted part of a share from the records it is a share of. In "billing lines at error level" the
 * level is counted and billing filters: outcomes are counted, where they come from is not. Without any outcome
 * the first condition behind "of" is counted.
 */
export function resolveShare(reading: Reading, share: DraftShare): ResolvedShare {
  const { conditions } = reading.draft
  const candidates = conditions.filter(({ start }) => start >= share.end).sort((a, b) => a.start - b.start)
  const outcomes = candidates.filter(({ condition }) => isOutcome(condition))
  const predicate = predicateStart(reading, share.end, candidates)
  const behind = predicate === null ? [] : outcomes.filter(({ start }) => start >= predicate)
  const first = candidates[0]
  const counted =
    behind.length > 0 ? behind : outcomes.length > 0 ? outcomes : first === undefined ? [] : [first]
  const said = counted.map(({ start, end }) => textOf(reading.question, start, end)).join(' ')
  return { counted, filtered: conditions.filter((condition) => !counted.includes(condition)), said }
}

/** Where the sentence says what holds for the counted part: "… that were", "… with". */
function predicateStart(
  reading: Reading,
  from: number,
  candidates: readonly PlacedCondition[],
): number | null {
  const last = candidates.at(-1)?.start ?? -1
  for (let at = from; at <= last; at += 1) if (RELATIVES.test(lower(reading.question.tokens, at))) return at
  return null
}
