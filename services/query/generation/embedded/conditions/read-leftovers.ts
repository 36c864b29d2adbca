import { leftovers } from '../choose-source'
import { assume, type Reading } from '../draft'
import { QUERY_VERBS, RECORD_NOUNS } from '../lexicon/words'
import { type Field, findByConcept } from '../link/field'
import { lowerWord as lower } from '../lower-word'
import { usedFields } from '../note-field-readings'
import { claim, textOf } from '../question'
import { stem } from '../stem'
import type { Token } from '../tokenise'
import { directionOf } from './direction'
import { messageField } from './read-text'
import { isUnknownWord } from './read-values'
import { severityOf } from './severities'

/**
 * What no mechanism understood: paths and versions go to their fields, names that can only be data
 * ("ECONNRESET", "kafka-consumer-7") and words right before "errors" or "logs" are looked for in the text. All
 * else is ignored, and said to be.
 */
export function readLeftovers(reading: Reading): void {
  const ignored: string[] = []
  for (const { start, end } of runs(leftovers(reading))) {
    if (readTyped(reading, start) || readText(reading, start, end)) continue
    if (namesUsedField(reading, start, end)) continue
    const isRecord = end === start + 1 && RECORD_NOUNS.has(lower(reading.question.tokens, start))
    if (!isRecord) ignored.push(textOf(reading.question, start, end))
  }
  if (ignored.length > 0) assume(reading, `ignored: ${ignored.map((text) => `“${text}”`).join(', ')}`)
}

/** "exit" beside "a non-zero code" has been understood with it. */
function namesUsedField(reading: Reading, start: number, end: number): boolean {
  const known = new Set([...usedFields(reading)].flatMap(({ nameWords }) => nameWords.map(stem)))
  return reading.question.tokens
    .slice(start, end)
    .every(({ words }) => words.every((word) => known.has(stem(word))))
}

interface Run {
  readonly start: number
  readonly end: number
}

/** Neighbouring tokens together, at most four at a time. */
function runs(indexes: readonly number[]): Run[] {
  const found: Run[] = []
  for (const index of indexes) {
    const last = found.at(-1)
    if (last !== undefined && last.end === index && index - last.start < 4)
      found[found.length - 1] = { ...last, end: index + 1 }
    else found.push({ start: index, end: index + 1 })
  }
  return found
}

const TYPED: Readonly<Record<string, string>> = { path: 'path', version: 'version', address: 'ip' }

function readTyped(reading: Reading, at: number): boolean {
  const token = reading.question.tokens[at] as Token
  const side = sideOf(reading, at)
  if (side !== null) {
    place(reading, at, at + 1, { kind: 'compare', field: side, operator: '==', value: token.text })
    return true
  }
  const concept = TYPED[token.kind]
  const field = concept === undefined ? null : findByConcept(reading.index.fields, concept)
  if (field === null) return false
  place(reading, at, at + 1, { kind: 'compare', field, operator: '==', value: token.text })
  assume(reading, `“${token.text}” is read as a value of ${field.text}`)
  return true
}

/** "to CH93…": an unknown id behind a preposition belongs to the field of that side. */
function sideOf(reading: Reading, at: number): Field | null {
  const { tokens } = reading.question
  const direction = tokens[at]?.kind === 'identifier' ? directionOf(lower(tokens, at - 1)) : null
  if (direction === null) return null
  const { fields } = reading.index
  return (
    fields.find(
      (field) => field.type === 'string' && field.samples.length === 0 && field.side === direction,
    ) ?? null
  )
}

function readText(reading: Reading, start: number, end: number): boolean {
  if (asksForMeaning(reading)) return false
  const tokens = reading.question.tokens.slice(start, end)
  const named = tokens.findIndex(isName)
  if (named >= 0) return search(reading, start + named, start + named + 1)
  const { measures, groupKeys, subject } = reading.draft
  const isSearch = measures.length === 0 && groupKeys.length === 0 && subject === null
  const next = lower(reading.question.tokens, end)
  const describes = RECORD_NOUNS.has(next) || severityOf(next) !== undefined
  const isPlain = tokens.every(
    (token, offset) =>
      token.kind === 'word' && isUnknownWord(reading, start + offset) && !QUERY_VERBS.has(token.lower),
  )
  return isSearch && describes && isPlain && search(reading, start, end)
}

/** "what is DataPrime", "explain ECONNRESET": nothing but a name, and no question about records. */
function asksForMeaning({ question }: Reading): boolean {
  const words = question.tokens.filter(({ kind }) => kind !== 'symbol').map(({ lower: word }) => word)
  const opening = words.slice(0, -1).join(' ')
  return /^(?:(?:what|who) (?:is|are)(?: an?| the)?|what's|whats|who's|define|explain)$/.test(opening)
}

/** Nobody writes these in a sentence but as the name of something: `ECONNRESET`, `OrderService`, `job_42`. */
function isName(token: Token): boolean {
  if (token.kind === 'identifier') return /[\d_.:/@]|[a-z][A-Z]/.test(token.text)
  return (
    token.kind === 'word' &&
    token.text.length > 3 &&
    (/^[A-Z]+$/.test(token.text) || /[a-z][A-Z]/.test(token.text))
  )
}

function search(reading: Reading, start: number, end: number): boolean {
  const text = textOf(reading.question, start, end)
  const field = messageField(reading)
  place(reading, start, end, { kind: 'text', field, operator: 'contains', text, isNegated: false })
  assume(
    reading,
    `“${text}” is no known field or value: it is looked for in ${field === null ? 'the whole record' : field.text}`,
  )
  return true
}

function place(
  reading: Reading,
  start: number,
  end: number,
  condition: Reading['draft']['conditions'][number]['condition'],
): void {
  reading.draft.conditions.push({ condition, start, end, isHead: false, isComparison: false })
  claim(reading.question, start, end, 'condition')
}
