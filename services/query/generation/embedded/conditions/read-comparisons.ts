import { assume, type DraftHaving, type PlacedMeasure, type Reading } from '../draft'
import type { Condition, Literal, Measure } from '../intermediate'
import { FILLERS } from '../lexicon/words'
import type { FieldLink } from '../link/catalogue-index'
import { type Field, findByConcept, isNumeric } from '../link/field'
import { readField, readFieldLinks } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { measureOfNoun } from '../measures/measure-of-noun'
import { areFree, claim, isFree } from '../question'
import { convertUnit, findUnit, type Unit } from '../units'
import { wordSet } from '../word-set'
import { type Comparison, type Magnitude, readComparison } from './comparators'
import { readCondition } from './read-condition'

/**
 * Comparisons with a number. "above 750 ms" compares a field of each record; "at least 30 criticals" and "p90
 * above 4 s" compare a measure of each group.
 */
export function readComparisons(reading: Reading): void {
  const { question } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    if (!isFree(question, start)) continue
    const comparison = readComparison(question.tokens, start)
    if (comparison === null || !areFree(question, start, comparison.end)) continue
    readOne(reading, comparison)
  }
}

function readOne(reading: Reading, comparison: Comparison): void {
  const ahead = measureAhead(reading, comparison)
  if (ahead === null && countsOtherwise(reading, comparison) && readCountHaving(reading, comparison)) return
  const measured = ahead ?? measureBefore(reading, comparison) ?? measureOfGroup(reading, comparison)
  const share = measured === null ? shareBefore(reading, comparison) : null
  if (measured !== null) placeHaving(reading, comparison, measured)
  else if (share !== null) placeShareHaving(reading, comparison, share)
  else readRecordComparison(reading, comparison)
}

/** "more than 5% errors": the share that what stands behind it has of all records. */
function readShareOfNoun(reading: Reading, comparison: Comparison): boolean {
  const { draft } = reading
  const isPercent = comparison.magnitude.unit?.dimension === 'percent'
  if (!isPercent || draft.share !== null || draft.measures.length > 0) return false
  // "trucks below 15% …" are compared by what they have; only a share is "had".
  const isHad = /^(with|have|has|had|having)$/.test(lower(reading.question.tokens, comparison.start - 1))
  if (!isHad || fieldBefore(reading, comparison) !== null) return false
  const at = lower(reading.question.tokens, comparison.end) === 'of' ? comparison.end + 1 : comparison.end
  if (readCondition(reading, at) === null) return false
  draft.share = { scale: 1, said: 'rate', start: comparison.start, end: comparison.end }
  placeShareHaving(reading, comparison, draft.share.scale)
  return true
}

function readRecordComparison(reading: Reading, comparison: Comparison): void {
  if (readShareOfNoun(reading, comparison)) return
  const named =
    fieldOfUnit(reading, comparison) ?? fieldAfter(reading, comparison) ?? fieldBefore(reading, comparison)
  if (named === null && readCountHaving(reading, comparison)) return
  const field = named?.field ?? impliedField(reading, comparison)
  if (field !== null) {
    placeCondition(reading, comparison, named ?? { field, start: comparison.start, end: comparison.end })
  }
}

interface Compared {
  readonly field: Field
  readonly start: number
  readonly end: number
}

// ------------------------------------------------------------------------------------------------ having

/** The measure a comparison follows, with nothing but little words and grouping between them. */
function measureBefore(reading: Reading, comparison: Comparison): PlacedMeasure | null {
  const { draft } = reading
  const before = draft.measures.filter(({ end }) => end <= comparison.start)
  const last = before.reduce<PlacedMeasure | null>(
    (best, next) => (best === null || next.end > best.end ? next : best),
    null,
  )
  if (last === null) return null
  // "number of errors greater than 50": what is counted may stand between.
  const counted = last.measure.kind === 'count' ? readCondition(reading, last.end) : null
  if (!isOnlyFiller(reading, counted?.end ?? last.end, comparison.start)) return null
  // "p99 latency with more than 3 retries": the number is of what stands behind it.
  const named = fieldAfter(reading, comparison)
  const isOfOther = named !== null && (!('field' in last.measure) || last.measure.field !== named.field)
  return !isOfOther && fitsMeasure(last.measure, comparison.magnitude) ? last : null
}

/** "more than 50 distinct users": the measure was read before the comparison in front of it. */
function measureAhead(reading: Reading, { end, magnitude }: Comparison): PlacedMeasure | null {
  if (magnitude.unit !== null) return null
  const isCounted = ({ kind }: Measure) => kind === 'distinct' || kind === 'count'
  return reading.draft.measures.find(({ start, measure }) => start === end && isCounted(measure)) ?? null
}

/** "p99 over 2 seconds and more than 100 requests": what the second number counts stands behind it. */
function countsOtherwise(reading: Reading, comparison: Comparison): boolean {
  const measured = measureBefore(reading, comparison)
  return measured !== null && reading.draft.having.some(({ measure }) => measure === measured)
}

/** "p95 per endpoint, only endpoints above 2 seconds": what is grouped by is compared by its measure. */
function measureOfGroup(reading: Reading, comparison: Comparison): PlacedMeasure | null {
  const { draft, question } = reading
  const fields = draft.groupKeys.flatMap(({ key }) => (key.kind === 'field' ? [key.field] : []))
  const [measure] = draft.measures
  if (measure === undefined || fields.length === 0 || !fitsMeasure(measure.measure, comparison.magnitude))
    return null
  for (let start = comparison.start - 3; start < comparison.start; start += 1) {
    const mention = start < 0 ? null : readField(reading, start, (field) => fields.includes(field))
    if (mention === null || !isOnlyFiller(reading, mention.end, comparison.start)) continue
    claim(question, mention.start, mention.end, 'having')
    return measure
  }
  return null
}

function isOnlyFiller(reading: Reading, from: number, to: number): boolean {
  const { question } = reading
  for (let at = from; at < to; at += 1) {
    if (
      isFree(question, at) &&
      !FILLERS.has(lower(question.tokens, at)) &&
      !COMPARING_VERBS.has(lower(question.tokens, at))
    )
      return false
  }
  return true
}

const COMPARING_VERBS = wordSet(
  'climbed rose rises fell stays stayed dropped peaked topped hit reached grew ,',
)

/** A measure in milliseconds is compared with a time, a count with a bare number. */
function fitsMeasure(measure: Measure, magnitude: Magnitude): boolean {
  if (magnitude.unit === null) return true
  const unit = measureUnit(measure)
  return unit === null ? magnitude.unit.dimension === 'percent' : unit.dimension === magnitude.unit.dimension
}

function measureUnit(measure: Measure): Unit | null {
  if (measure.kind === 'statistic' || measure.kind === 'percentile') return measure.field.unit
  if (measure.kind === 'share' || measure.kind === 'quotient')
    return findUnit(measure.scale === 100 ? '%' : 'ratio') ?? null
  return null
}

function placeHaving(reading: Reading, comparison: Comparison, measure: PlacedMeasure): void {
  const unit = measureUnit(measure.measure)
  pushHaving(reading, comparison, measure, unit)
}

function shareBefore(reading: Reading, comparison: Comparison): 1 | 100 | null {
  const { share } = reading.draft
  if (share === null || share.end > comparison.start || !isOnlyFiller(reading, share.end, comparison.start))
    return null
  return share.scale
}

function placeShareHaving(reading: Reading, comparison: Comparison, scale: 1 | 100): void {
  pushHaving(reading, comparison, null, findUnit(scale === 100 ? '%' : 'ratio') ?? null)
}

function pushHaving(
  reading: Reading,
  comparison: Comparison,
  measure: PlacedMeasure | null,
  unit: Unit | null,
): void {
  const having: DraftHaving = {
    measure,
    operator: comparison.operator,
    value: inUnit(comparison.magnitude, unit),
  }
  reading.draft.having.push(having)
  if (comparison.upper !== null) {
    reading.draft.having.push({ measure, operator: '<=', value: inUnit(comparison.upper, unit) })
  }
  claim(reading.question, comparison.start, comparison.end, 'having')
}

/** `at least 30 criticals`, `more than 10 different users`, `more than 5 times`: a count of each group. */
function readCountHaving(reading: Reading, comparison: Comparison): boolean {
  if (comparison.magnitude.unit !== null) return false
  const noun = saysTimes(reading, comparison)
    ? { measure: { kind: 'count' } as const, said: 'n', end: comparison.end }
    : measureOfNoun(reading, comparison.end, 'most')
  if (noun === null || (noun.measure.kind !== 'count' && noun.measure.kind !== 'distinct')) return false
  const existing = reading.draft.measures.find(({ measure }) => isSameMeasure(measure, noun.measure))
  const placed = existing ?? {
    measure: noun.measure,
    start: comparison.start,
    end: noun.end,
    said: noun.said,
  }
  if (existing === undefined) reading.draft.measures.push(placed)
  claim(reading.question, comparison.start, noun.end, 'having')
  pushHaving(reading, comparison, placed, null)
  return true
}

/** "at least twice": the word that says what is counted is the number itself. */
function saysTimes(reading: Reading, { end }: Comparison): boolean {
  const { subject, groupKeys } = reading.draft
  const isOfGroups = subject !== null || groupKeys.length > 0
  return isOfGroups && TIMES.has(lower(reading.question.tokens, end - 1))
}

const TIMES = wordSet('once twice thrice')

function isSameMeasure(a: Measure, b: Measure): boolean {
  return (
    a.kind === b.kind &&
    (a.kind === 'count' || (a.kind === 'distinct' && b.kind === 'distinct' && a.field === b.field))
  )
}

// ------------------------------------------------------------------------------------------------ conditions

/** `faster than 90 km/h`: a unit only the catalogue knows names its field. */
function fieldOfUnit(reading: Reading, comparison: Comparison): Compared | null {
  const written = lower(reading.question.tokens, comparison.end)
  const field =
    written === ''
      ? undefined
      : reading.index.fields.find((candidate) => candidate.unitName === written && candidate.unit === null)
  return field === undefined ? null : { field, start: comparison.start, end: comparison.end + 1 }
}

/** `more than 6 GB of memory`, `over 3 retries`: the number is named behind. */
function fieldAfter(reading: Reading, comparison: Comparison): Compared | null {
  let at = comparison.end
  while (['of', 'the', 'in', 'worth', 'a', 'for'].includes(lower(reading.question.tokens, at))) at += 1
  const mention = readField(reading, at, (field) => isComparable(field, comparison.magnitude))
  if (mention === null) return null
  return { field: mention.field, start: comparison.start, end: mention.end }
}

/** `latency above 2s`, `amount is over 100`, `queries above 800 ms`. */
function fieldBefore(reading: Reading, comparison: Comparison): Compared | null {
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
function impliedField(reading: Reading, comparison: Comparison): Field | null {
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

function placeCondition(reading: Reading, comparison: Comparison, compared: Compared): void {
  const { field } = compared
  const value = inUnit(comparison.magnitude, field.unit)
  const first = compare(field, operatorFor(comparison, field), value)
  const condition: Condition =
    comparison.upper === null
      ? first
      : { kind: 'all', conditions: [first, compare(field, '<=', inUnit(comparison.upper, field.unit))] }
  const end = Math.max(compared.end, comparison.end)
  reading.draft.conditions.push({ condition, start: compared.start, end, isHead: false, isComparison: false })
  claim(reading.question, compared.start, end, 'condition')
}

/** "faster than" is less of a duration and more of a speed. */
function operatorFor({ operator, concept }: Comparison, field: Field): Comparison['operator'] {
  if (concept !== 'duration' || field.unit?.dimension === 'time' || field.unitName === null) return operator
  return ({ '<': '>', '>': '<' } as const)[operator as '<' | '>'] ?? operator
}

function compare(field: Field, operator: Comparison['operator'], value: Literal): Condition {
  return { kind: 'compare', field, operator, value }
}

/** The number in the field's own unit; as it stands when either of them has none. */
export function inUnit(magnitude: Magnitude, unit: Unit | null): number {
  if (magnitude.unit === null || unit === null || magnitude.unit.dimension !== unit.dimension)
    return magnitude.value
  return convertUnit(magnitude.value, magnitude.unit, unit)
}
