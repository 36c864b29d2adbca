import { assume, type Reading } from '../draft'
import type { FieldLink } from '../link/catalogue-index'
import { type Field, findByConcept, isNumeric } from '../link/field'
import { readField, readFieldLinks } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { isFree } from '../question'
import type { Comparison, Magnitude } from './comparators'

/** The field that a comparison is about, and the tokens of both. */
export interface Compared {
  readonly field: Field
  readonly start: number
  readonly end: number
}

/** `faster than 90 km/h`: a unit only the catalogue knows names its field. */
export function fieldOfUnit(reading: Reading, comparison: Comparison): Compared | null {
  const written = lower(reading.question.tokens, comparison.end)
  const field =
    written === ''
      ? undefined
      : reading.index.fields.find((candidate) => candidate.unitName === written && candidate.unit === null)
  return field === undefined ? null : { field, start: comparison.start, end: comparison.end + 1 }
}

/** `more than 6 GB of memory`, `over 3 retries`: the number is named behind. */
export function fieldAfter(reading: Reading, comparison: Comparison): Compared | null {
  let at = comparison.end
  while (['of', 'the', 'in', 'worth', 'a', 'for'].includes(lower(reading.question.tokens, at))) at += 1
  const mention = readField(reading, at, (field) => isComparable(field, comparison.magnitude))
  if (mention === null) return null
  return { field: mention.field, start: comparison.start, end: mention.end }
}

/** `latency above 2s`, `amount is over 100`, `queries above 800 ms`. */
export function fieldBefore(reading: Reading, comparison: Comparison): Compared | null {
  const { question } = reading
  let at = comparison.start - 1
  while (
    at >= 0 &&
    /^(is|are|was|were|went|goes|of|that|which|with|has|have|had|be|being|values?|usage|use|than|,|stays?|running|taking|took)$/.test(
      lower(question.tokens, at),
    )
  )
    at -= 1
  for (let start = Math.max(0, at - 3); start <= at; start += 1) {
    const mention = readField(reading, start, (field) => isComparable(field, comparison.magnitude))
    if (mention !== null && mention.end === at + 1)
      return { field: mention.field, start, end: comparison.end }
  }
  return null
}

/** A field whose unit the number fits; a number without unit fits every field. */
function isComparable(field: Field, magnitude: Magnitude): boolean {
  if (!isNumeric(field)) return false
  return magnitude.unit === null || field.unit === null || field.unit.dimension === magnitude.unit.dimension
}

const CONCEPT_OF_DIMENSION = { time: 'duration', bytes: 'size', currency: 'amount', percent: 'cpu' } as const

/** No field named: the unit, or "slower", tells the kind; among several the question's other words decide. */
export function impliedField(reading: Reading, comparison: Comparison): Field | null {
  const dimension = comparison.magnitude.unit?.dimension ?? null
  const { fields } = reading.index
  if (dimension === null)
    return comparison.concept === null ? null : findByConcept(fields, comparison.concept, isNumeric)
  const candidates = fields.filter((field) => isNumeric(field) && field.unit?.dimension === dimension)
  const measured = reading.draft.measures.map(({ measure }) => ('field' in measure ? measure.field : null))
  const sameNumber = candidates.find((field) => measured.includes(field))
  if (sameNumber !== undefined) return sameNumber
  const hinted = hintedField(reading, candidates)
  if (hinted !== null) return hinted
  const concept = comparison.concept ?? CONCEPT_OF_DIMENSION[dimension]
  return findByConcept(candidates, concept) ?? candidates[0] ?? fieldWithoutUnit(reading, concept)
}

/** A catalogue may leave out units: the question's is then taken for the field's, and that is said. */
function fieldWithoutUnit(reading: Reading, concept: string): Field | null {
  const field = findByConcept(
    reading.index.fields,
    concept,
    (candidate) => isNumeric(candidate) && candidate.unit === null,
  )
  if (field !== null)
    assume(reading, `the catalogue gives no unit for ${field.text}: the question's is taken`)
  return field
}

const HINT_STRENGTH_MIN = 0.8

/** The candidate that a free word of the question names most surely: "queries" the statement's duration. */
function hintedField(reading: Reading, candidates: readonly Field[]): Field | null {
  let best: FieldLink | null = null
  const wanted = new Set(candidates)
  for (const { index } of reading.question.tokens) {
    if (!isFree(reading.question, index)) continue
    const link = readFieldLinks(reading, index).find(({ field }) => wanted.has(field))
    if (link !== undefined && link.strength > (best?.strength ?? HINT_STRENGTH_MIN)) best = link
  }
  return best?.field ?? null
}
