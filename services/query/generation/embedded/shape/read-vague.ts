import { assume, type Reading } from '../draft'
import { findByConcept, isNumeric } from '../link/field'
import { claim, isFree } from '../question'

interface Vague {
  /** What is compared. */
  readonly concept: 'duration' | 'size'
  /** Which come first. */
  readonly first: string
}

const SLOW: Vague = { concept: 'duration', first: 'longest' }
const LARGE: Vague = { concept: 'size', first: 'largest' }

/** Adjectives that name no threshold. */
const ADJECTIVES: ReadonlyMap<string, Vague> = new Map([
  ...['slow', 'sluggish', 'slowly', 'long-running', 'laggy'].map((word) => [word, SLOW] as const),
  ...['large', 'big', 'huge'].map((word) => [word, LARGE] as const),
])

/**
 * `slow queries`, `large responses` without saying how slow or large: the slowest and the largest first. Where their
 * number is compared or something is measured, the word adds nothing.
 */
export function readVague(reading: Reading): void {
  const { question, draft } = reading
  const at = question.tokens.findIndex(
    (token, index) => ADJECTIVES.has(token.lower) && isFree(question, index),
  )
  const vague = ADJECTIVES.get(question.tokens[at]?.lower ?? '')
  const field = vague === undefined ? null : findByConcept(reading.index.fields, vague.concept, isNumeric)
  if (vague === undefined || field === null) return
  claim(question, at, at + 1, 'order')
  const isCompared = draft.conditions.some(
    ({ condition }) =>
      condition.kind === 'compare' && condition.field.unit?.dimension === (field.unit?.dimension ?? 'time'),
  )
  if (isCompared || draft.measures.length > 0 || draft.order !== null) return
  const isRanked = draft.subject !== null || draft.groupKeys.length > 0
  if (isRanked)
    draft.measures.push({
      measure: { kind: 'statistic', name: 'avg', field },
      start: at,
      end: at + 1,
      said: '',
    })
  draft.order = { by: 'rank', field, direction: 'desc' }
  assume(
    reading,
    `“${question.tokens[at]?.text}” names no threshold: the ${vague.first} ${field.text} comes first`,
  )
}
