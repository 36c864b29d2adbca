import type { DraftHaving, PlacedCondition, PlacedMeasure, Reading } from '../draft'
import { textOf } from '../question'
import { isOutcome } from './is-outcome'

export interface ResolvedAbsence {
  readonly conditions: readonly PlacedCondition[]
  readonly measure: PlacedMeasure
  readonly having: DraftHaving
}

/**
 * "services without errors" are those that have none at all, not those that have something else too: what must
 * not occur is counted for each value of the subject, and the count has to be zero.
 */
export function resolveAbsence(reading: Reading): ResolvedAbsence | null {
  const { subject, conditions, measures, share } = reading.draft
  if (subject === null || measures.length > 0 || share !== null) return null
  const placed = conditions.find(({ absent }) => absent !== undefined && isOutcome(absent))
  if (placed?.absent === undefined) return null
  const said = textOf(reading.question, placed.start, placed.end)
  const measure: PlacedMeasure = {
    measure: { kind: 'countIf', conditions: [placed.absent] },
    start: placed.start,
    end: placed.end,
    said,
  }
  return {
    conditions: conditions.filter((condition) => condition !== placed),
    measure,
    having: { measure, operator: '==', value: 0 },
  }
}
