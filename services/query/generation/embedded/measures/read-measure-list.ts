import { readCondition } from '../conditions/read-condition'
import type { PlacedMeasure, Reading } from '../draft'
import { RECORD_NOUNS } from '../lexicon/words'
import { isIdentity } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { claim, isFree, textOf } from '../question'
import { wordSet } from '../word-set'

/**
 * Items listed beside a measure are measures too: in "lines in total, warnings and distinct hosts" the warnings
 * are counted, not filtered for.
 */
export function readMeasureList(reading: Reading): void {
  const { draft } = reading
  for (const placed of [...draft.measures]) {
    extend(reading, placed.end, 1)
    extend(reading, placed.start, -1)
  }
}

const JOINTS = wordSet(', and & plus ;')

/** Goes on from a measure to its neighbours on one side while they are whole items of the list. */
function extend(reading: Reading, from: number, step: 1 | -1): void {
  let edge = from
  for (;;) {
    const bounds = nextItem(reading, edge, step)
    const measure = bounds === null ? null : itemMeasure(reading, bounds.start, bounds.end)
    if (bounds === null || measure === null) return
    reading.draft.measures.push(measure)
    claim(reading.question, bounds.start, bounds.end, 'measure')
    edge = step === 1 ? bounds.end : bounds.start
  }
}

interface Bounds {
  readonly start: number
  readonly end: number
}

/** The free tokens between this joint of the list and the next, null when no joint follows. */
function nextItem(reading: Reading, edge: number, step: 1 | -1): Bounds | null {
  const { tokens } = reading.question
  let at = step === 1 ? edge : edge - 1
  let joints = 0
  while (JOINTS.has(lower(tokens, at))) {
    at += step
    joints += 1
  }
  if (joints === 0 || !isFree(reading.question, at)) return null
  const first = at
  while (isFree(reading.question, at) && !JOINTS.has(lower(tokens, at)) && !STOPS.test(lower(tokens, at)))
    at += step
  const isListStart =
    step === -1 &&
    at >= 0 &&
    !(JOINTS.has(lower(tokens, at)) || OPENERS.has(lower(tokens, at)) || !isFree(reading.question, at))
  if (isListStart) return null
  return step === 1 ? { start: first, end: at } : { start: at + 1, end: first + 1 }
}

const STOPS =
  /^(per|by|for|in|over|during|last|past|since|each|every|across|grouped|split|on|from|between|where|when|with|:|\?|that|which|show|give|list|get|me|count|of|find|display)$/
const OPENERS = new Set([
  ':',
  'show',
  'give',
  'list',
  'me',
  'get',
  'of',
  'count',
  'with',
  'find',
  'display',
  '',
])

/** An item that is one condition or one countable noun and nothing else. */
function itemMeasure(reading: Reading, start: number, end: number): PlacedMeasure | null {
  const { question } = reading
  let at = start
  while (['the', 'number', 'of', 'all', 'total', 'count'].includes(lower(question.tokens, at))) at += 1
  const said = textOf(question, at, end)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
  if (at + 1 === end && RECORD_NOUNS.has(lower(question.tokens, at))) {
    return { measure: { kind: 'count' }, start, end, said: lower(question.tokens, at) }
  }
  const condition = readCondition(reading, at)
  if (condition !== null && condition.end === end && condition.condition.kind !== 'present') {
    return { measure: { kind: 'countIf', conditions: [condition.condition] }, start, end, said }
  }
  const field = readField(reading, at, isIdentity)
  if (field === null || field.end !== end || !field.isPlural) return null
  return { measure: { kind: 'distinct', field: field.field }, start, end, said: '' }
}
