import { fieldOf } from '../conditions/field-of'
import { assume, type PlacedMeasure, type Reading } from '../draft'
import type { Condition } from '../intermediate'
import { RECORD_NOUNS } from '../lexicon/words'
import { type Field, isOfConcept } from '../link/field'
import { valueStems } from '../link/value-words'
import { lowerWord as lower } from '../lower-word'
import { splitWords } from '../split-words'
import { stem } from '../stem'

/**
 * What a share is a share of, where the counted value itself says so: failed logins are a share of all logins, not of
 * all records. Null when the values of the catalogue do not say, and when something else is measured beside it.
 */
export function shareBase(
  reading: Reading,
  measures: readonly PlacedMeasure[],
  filters: readonly Condition[],
): Condition | null {
  const [placed] = measures
  const counted = placed?.measure.kind === 'share' ? placed.measure.conditions : []
  const [condition] = counted
  if (measures.length !== 1 || counted.length !== 1 || condition?.kind !== 'compare') return null
  const { field, operator, value } = condition
  const isTold = filters.some((filter) => fieldOf(filter) === field)
  if (operator !== '==' || typeof value !== 'string' || isTold || !isOfConcept(field, 'event')) return null
  const counterpart = namesAllRecords(reading) ? undefined : counterpartOf(field, value)
  if (counterpart === undefined) return null
  assume(reading, `it is a share of ${value} and ${counterpart} together`)
  return { kind: 'oneOf', field, values: [value, counterpart], isNegated: false }
}

/** "percentage of all requests that are failed logins": it is said what the share is of. */
function namesAllRecords({ question, draft }: Reading): boolean {
  if (draft.share === null) return false
  const [next, after] = [draft.share.end + 1, draft.share.end + 2].map((at) => lower(question.tokens, at))
  return next === 'all' || RECORD_NOUNS.has(next ?? '') || (next === 'the' && RECORD_NOUNS.has(after ?? ''))
}

const FAILURE = stem('fail')
const SUCCESS = stem('success')

/** `login_success` of `login_failed`: the same words with the opposite outcome. */
function counterpartOf(field: Field, value: string): string | undefined {
  const wanted = outcomeOf(value)
  return field.samples.find((sample) => {
    const other = outcomeOf(sample)
    return wanted !== null && other?.base === wanted.base && other.isFailure !== wanted.isFailure
  })
}

function outcomeOf(value: string): { base: string; isFailure: boolean } | null {
  const stems = valueStems(splitWords(value))
  const outcome = stems.find((word) => word === FAILURE || word === SUCCESS)
  if (outcome === undefined) return null
  return { base: stems.filter((word) => word !== outcome).join(' '), isFailure: outcome === FAILURE }
}
