import { assume, type Reading } from '../draft'
import { isNumeric } from '../link/field'
import { readField, readValue } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { claim, isFree } from '../question'
import { type Dimension, findUnit } from '../units'

/**
 * `total bytes per region in GB`, `average duration in seconds`: what the measures are to be told in. It comes before
 * the conditions, to which a `GB` is a country, and after everything that may be measured in front of it.
 */
export function readResultUnit(reading: Reading): void {
  const { question, draft } = reading
  for (let at = 0; at < question.tokens.length; at += 1) {
    const name = lower(question.tokens, at + 1)
    if (lower(question.tokens, at) !== 'in' || !isFree(question, at) || !isFree(question, at + 1)) continue
    const unit = name.length < 2 ? undefined : findUnit(name)
    if (unit === undefined || !isMeasuredIn(reading, unit.dimension)) continue
    draft.resultUnit = { unit, name }
    const value = readValue(reading, at + 1)
    if (value !== null)
      assume(
        reading,
        `“${question.tokens[at + 1]?.text}” is read as a unit, not as a value of ${value.field.text}`,
      )
    claim(question, at, at + 2, 'measure')
    return
  }
}

/** Whether something of this dimension is measured, or named and still to be measured. */
function isMeasuredIn(reading: Reading, dimension: Dimension): boolean {
  if (dimension !== 'bytes' && dimension !== 'time') return false
  const { draft, question } = reading
  const isMeasured = draft.measures.some(
    ({ measure }) => 'field' in measure && measure.field.unit?.dimension === dimension,
  )
  return (
    isMeasured ||
    question.tokens.some(
      ({ index }) =>
        readField(reading, index, (field) => isNumeric(field) && field.unit?.dimension === dimension) !==
        null,
    )
  )
}
