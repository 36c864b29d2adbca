import type { Reading } from '../draft'
import type { Condition, Literal } from '../intermediate'
import type { Field } from '../link/field'
import { areFree, claim, isFree } from '../question'
import { type Comparison, readComparison } from './comparators'
import { type Compared, fieldAfter, fieldBefore, fieldOfUnit, impliedField } from './compared-field'
import { inUnit } from './in-unit'
import { readCountHaving, readHaving } from './read-having'

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
    if (!readHaving(reading, comparison)) readRecordComparison(reading, comparison)
  }
}

/** A field of each record, unless nothing is named and what stands behind the number is counted. */
function readRecordComparison(reading: Reading, comparison: Comparison): void {
  const named =
    fieldOfUnit(reading, comparison) ?? fieldAfter(reading, comparison) ?? fieldBefore(reading, comparison)
  if (named === null && readCountHaving(reading, comparison)) return
  const field = named?.field ?? impliedField(reading, comparison)
  if (field !== null) {
    placeCondition(reading, comparison, named ?? { field, start: comparison.start, end: comparison.end })
  }
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
