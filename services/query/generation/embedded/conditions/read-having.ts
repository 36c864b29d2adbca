import type { DraftHaving, PlacedMeasure, Reading } from '../draft'
import type { Measure } from '../intermediate'
import { FILLERS } from '../lexicon/words'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { measureOfNoun } from '../measures/measure-of-noun'
import { claim, isFree } from '../question'
import { findUnit, type Unit } from '../units'
import { wordSet } from '../word-set'
import type { Comparison, Magnitude } from './comparators'
import { fieldAfter, fieldBefore } from './compared-field'
import { inUnit } from './in-unit'
import { readCondition } from './read-condition'

/**
 * A comparison with what is measured of each group: `p90 above 4 s`, `more than 50 distinct users`, `error rate over 5%`,
 * `more than 5% errors`. False when the comparison is about something else.
 */
export function readHaving(reading: Reading, comparison: Comparison): boolean {
  const ahead = measureAhead(reading, comparison)
  if (ahead === null && countsOtherwise(reading, comparison) && readCountHaving(reading, comparison))
    return true
  const measured = ahead ?? measureBefore(reading, comparison) ?? measureOfGroup(reading, comparison)
  const share = measured === null ? shareBefore(reading, comparison) : null
  if (measured !== null) placeHaving(reading, comparison, measured)
  else if (share !== null) placeShareHaving(reading, comparison, share)
  else return readShareOfNoun(reading, comparison)
  return true
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
  return isOf(reading, comparison, last.measure) ? last : null
}

/** "p99 latency with more than 3 retries": the number is of what stands behind it, and not of the measure. */
function isOf(reading: Reading, comparison: Comparison, measure: Measure): boolean {
  const named = fieldAfter(reading, comparison)
  const isOfOther = named !== null && (!('field' in measure) || measure.field !== named.field)
  return !isOfOther && fitsMeasure(measure, comparison.magnitude)
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
  if (measure === undefined || fields.length === 0 || !isOf(reading, comparison, measure.measure)) return null
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
export function readCountHaving(reading: Reading, comparison: Comparison): boolean {
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
