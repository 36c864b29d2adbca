import type { PlacedCondition, Reading } from '../draft'
import type { Condition } from '../intermediate'
import { valueStems } from '../link/value-words'
import { lowerWord as lower } from '../lower-word'
import { claim, isFree } from '../question'
import { wordSet } from '../word-set'
import { negate } from './negate'
import { readNegator } from './negation'
import { type ConditionReading, readCondition } from './read-condition'
import { readPresence } from './read-presence'
import { statusClass, statusField } from './read-status'

/** Reads every condition among the free tokens, negations included, and claims what it read. */
export function readConditions(reading: Reading): void {
  const { tokens } = reading.question
  let at = 0
  while (at < tokens.length) at = readAt(reading, at)
}

/** Tries one token; returns where to go on. */
function readAt(reading: Reading, at: number): number {
  if (!isFree(reading.question, at)) return at + 1
  const negated = readNegated(reading, at)
  if (negated !== null) return negated
  const found = readCondition(reading, at)
  if (found === null) return at + 1
  place(reading, found, at, at, false)
  return found.end
}

const ABSENCE = wordSet('no without never zero')

function place(
  reading: Reading,
  found: ConditionReading,
  start: number,
  claimFrom: number,
  isNegated: boolean,
): void {
  const condition = isNegated ? negate(found.condition) : found.condition
  const isAbsence = isNegated && ABSENCE.has(lower(reading.question.tokens, claimFrom))
  const placed: PlacedCondition = {
    condition,
    start,
    end: found.end,
    isHead: found.isHead,
    isComparison: found.isComparison,
    ...(isAbsence ? { absent: found.condition } : {}),
  }
  reading.draft.conditions.push(placed)
  claim(reading.question, claimFrom, found.end, 'condition')
}

const BETWEEN = wordSet(
  'a an the any from for in on of by being those ones with to at all anything related came',
  'come coming have having be been logged using everything called named non',
)

/** A negator and everything it turns round: "not from mobile or tv", "except 404s and the health checks". */
function readNegated(reading: Reading, at: number): number | null {
  const { question } = reading
  if (readPresence(reading, at) !== null) return null
  const glued = readGluedNegation(reading, at)
  if (glued !== null) return glued
  const end = readNegator(question.tokens, at)
  if (end === null) return null
  let start = end
  while (BETWEEN.has(lower(question.tokens, start)) && readCondition(reading, start) === null) start += 1
  let found = (start === end ? readSameText(reading, at, start) : null) ?? readCondition(reading, start)
  if (found === null) return null
  place(reading, found, start, at, true)
  for (;;) {
    const next = afterJoint(reading, found.end)
    found = next === null ? null : readCondition(reading, next)
    if (next === null || found === null)
      return next === null ? (reading.draft.conditions.at(-1)?.end ?? end) : next
    place(reading, found, next, next, true)
  }
}

/** `message contains "timeout" but not "cart"`: a quoted text goes on with what the text before it was looked for in. */
function readSameText(reading: Reading, negator: number, at: number): ConditionReading | null {
  const { draft, question } = reading
  if (!/^(but|and)$/.test(lower(question.tokens, negator))) return null
  const token = question.tokens[at]
  const last = draft.conditions.at(-1)
  if (token?.kind !== 'quoted' || last?.condition.kind !== 'text' || last.end < at - 3) return null
  const condition = { ...last.condition, text: token.text }
  return { condition, end: at + 1, isHead: false, isComparison: false }
}

/** What a negation reaches over: "and", "or", "nor", with the little words after them. */
function afterJoint(reading: Reading, at: number): number | null {
  const { tokens } = reading.question
  const from = lower(tokens, at) === ',' && ['and', 'or', 'nor'].includes(lower(tokens, at + 1)) ? at + 1 : at
  if (!['and', 'or', 'nor'].includes(lower(tokens, from))) return null
  let next = from + 1
  while (BETWEEN.has(lower(tokens, next))) next += 1
  return isFree(reading.question, next) ? next : null
}

/** `non-2xx`, `non-admin users`: the negation is part of the word. */
function readGluedNegation(reading: Reading, at: number): number | null {
  const token = reading.question.tokens[at]
  if (token?.kind !== 'identifier' || !/^non-?\w/i.test(token.text)) return null
  const condition = gluedCondition(reading, token.text.replace(/^non-?/i, ''))
  if (condition === null) return null
  reading.draft.conditions.push({ condition, start: at, end: at + 1, isHead: false, isComparison: false })
  claim(reading.question, at, at + 1, 'condition')
  return at + 1
}

/** What the word behind "non-" selects, turned round: a class of status codes or a known value. */
function gluedCondition(reading: Reading, bare: string): Condition | null {
  const status = /^[1-5]xx$/i.test(bare) ? statusField(reading) : null
  if (status !== null) return negate(statusClass(status, Number(bare[0])))
  const { exact, stems } = reading.index.values
  const link = (exact.get(bare.toLowerCase()) ?? stems.get(valueStems([bare.toLowerCase()])[0] ?? ''))
    ?.best[0]
  return link === undefined ? null : { kind: 'compare', field: link.field, operator: '!=', value: link.value }
}
