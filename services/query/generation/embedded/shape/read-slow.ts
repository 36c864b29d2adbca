import { assume, type Reading } from '../draft'
import { findByConcept, isNumeric } from '../link/field'
import { claim, isFree } from '../question'

const SLOW = /^(slow|sluggish|slowly|long-running|laggy)$/

/**
 * `slow queries` without saying how slow: the slowest first. Where a duration is compared or something is
 * measured, the word adds nothing.
 */
export function readSlow(reading: Reading): void {
  const { question, draft } = reading
  const at = question.tokens.findIndex((token, index) => SLOW.test(token.lower) && isFree(question, index))
  const field = at < 0 ? null : findByConcept(reading.index.fields, 'duration', isNumeric)
  if (field === null) return
  claim(question, at, at + 1, 'order')
  const isCompared = draft.conditions.some(
    ({ condition }) => condition.kind === 'compare' && condition.field.unit?.dimension === 'time',
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
  assume(reading, `“${question.tokens[at]?.text}” names no threshold: the longest ${field.text} comes first`)
}
