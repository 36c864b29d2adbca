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
  const measured = measuredDimensions(reading)
  const named = draft.groupKeys.length > 0 ? namedDimensions(reading) : new Set<Dimension>()
  for (let at = 0; at < question.tokens.length; at += 1) {
    const name = lower(question.tokens, at + 1)
    if (lower(question.tokens, at) !== 'in' || !isFree(question, at) || !isFree(question, at + 1)) continue
    const unit = name.length < 2 ? undefined : findUnit(name)
    if (unit === undefined || !SHOWN.has(unit.dimension)) continue
    const text = question.tokens[at + 1]?.text
    const value = readValue(reading, at + 1)
    // "average latency in US" is of a country; sizes that were measured are rather told in GB.
    const isLikely = value === null || text === name || unit.dimension === 'bytes'
    if (!isLikely || !(measured.has(unit.dimension) || named.has(unit.dimension))) continue
    draft.resultUnit = { unit, name }
    if (value !== null) assume(reading, `“${text}” is read as a unit, not as a value of ${value.field.text}`)
    claim(question, at, at + 2, 'measure')
    return
  }
}

const SHOWN: ReadonlySet<Dimension> = new Set<Dimension>(['bytes', 'time'])

function measuredDimensions({ draft }: Reading): Set<Dimension | undefined> {
  return new Set(
    draft.measures.map(({ measure }) => ('field' in measure ? measure.field.unit?.dimension : undefined)),
  )
}

/** What is named and grouped is measured later: "memory by pod in GB". */
function namedDimensions(reading: Reading): Set<Dimension> {
  return new Set(
    reading.question.tokens.flatMap(({ index }) => {
      const dimension = readField(reading, index, isNumeric)?.field.unit?.dimension
      return dimension === undefined ? [] : [dimension]
    }),
  )
}
