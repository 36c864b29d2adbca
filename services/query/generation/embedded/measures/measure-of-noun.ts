import { readNegator } from '../conditions/negation'
import { readSeverity } from '../conditions/read-severity'
import { readStatus } from '../conditions/read-status'
import type { Reading } from '../draft'
import type { Measure, StatisticName } from '../intermediate'
import { RECORD_NOUNS } from '../lexicon/words'
import { addsUp, type Field, isIdentity, isNumeric, isOfConcept } from '../link/field'
import { readField, readValue } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { isFree } from '../question'
import { wordSet } from '../word-set'

/** What counting or ranking by a noun means. */
export interface NounMeasure {
  readonly measure: Measure
  readonly said: string
  /** Tokens from the start that the measure used up; a condition ("30 criticals") stays for the filter. */
  readonly end: number
}

const ARTICLES = wordSet('the of a their its all any such total overall')
const DISTINCT_WORDS = wordSet('distinct different unique separate individual')

/** A superlative or comparison decides how a number is taken together: "most bytes" adds up, "highest cpu" does not. */
export type NounUse = 'most' | 'highest' | 'lowest' | 'by'

/**
 * The measure a noun stands for after "most", "more than 10" or "by": `errors` counts, `different users` counts
 * distinct values, `bytes` adds up. Null when the noun is nothing that can be measured.
 */
export function measureOfNoun(reading: Reading, start: number, use: NounUse): NounMeasure | null {
  const { question } = reading
  let at = start
  while (ARTICLES.has(lower(question.tokens, at))) at += 1
  if (readNegator(question.tokens, at) !== null) return null
  const isDistinct = DISTINCT_WORDS.has(lower(question.tokens, at))
  if (isDistinct) at += 1
  if (!isFree(question, at)) return null
  if (isDistinct) return distinctOf(reading, at)
  if (lower(question.tokens, at) === 'times' || lower(question.tokens, at) === 'occurrences')
    return count(at + 1, 'n')
  const numeric = readField(reading, at, isNumeric)
  const value = readValue(reading, at)
  if (numeric !== null && (value === null || value.end <= numeric.end))
    return statisticOf(numeric.field, numeric.end, use)
  if (readSeverity(reading, at) !== null) return count(at, '')
  if (readStatus(reading, at) !== null) return count(at, '')
  if (isOutcomeOfNoun(reading, at)) return count(at, '')
  return countedNoun(reading, at) ?? (value !== null && value.strength > 0.8 ? count(at, '') : null)
}

/** "failed payments": an adjective that is a condition by itself, before what it is said of. */
function isOutcomeOfNoun(reading: Reading, at: number): boolean {
  const next = reading.question.tokens[at + 1]
  return (
    next?.kind === 'word' &&
    isFree(reading.question, at + 1) &&
    OUTCOME_ADJECTIVES.has(lower(reading.question.tokens, at))
  )
}

const OUTCOME_ADJECTIVES = wordSet('failed failing unsuccessful erroneous successful')

function distinctOf(reading: Reading, at: number): NounMeasure | null {
  const mention = readField(reading, at, (field) => field.type !== 'boolean' && field.type !== 'timestamp')
  if (mention === null) return null
  return { measure: { kind: 'distinct', field: mention.field }, said: '', end: mention.end }
}

function count(end: number, said: string): NounMeasure {
  return { measure: { kind: 'count' }, said, end }
}

/** Plain plural nouns: records, ids ("sessions") and events ("logins"). */
function countedNoun(reading: Reading, at: number): NounMeasure | null {
  const word = lower(reading.question.tokens, at)
  const field = readField(reading, at, isIdentity)
  const event = readValue(reading, at)
  const isRecord = RECORD_NOUNS.has(word)
  if (isException(word)) return count(at, '')
  if (event !== null && (event.end > (field?.end ?? 0) || isOfConcept(event.field, 'event')))
    return count(at, '')
  if (field !== null && !isRecord)
    return { measure: { kind: 'distinct', field: field.field }, said: '', end: field.end }
  if (isRecord) return count(at + 1, word)
  return OUTCOME_NOUNS.has(word) ? count(at, '') : null
}

/** Exceptions are counted by their records, not by their classes. */
export function isException(word: string): boolean {
  return word === 'exception' || word === 'exceptions'
}

const OUTCOME_NOUNS = wordSet('failures exceptions timeouts crashes successes')

function statisticOf(field: Field, end: number, use: NounUse): NounMeasure {
  return { measure: { kind: 'statistic', name: statisticFor(field, use), field }, said: '', end }
}

/** Sizes and amounts add up; durations, loads and depths are averaged, unless their extreme is asked for. */
function statisticFor(field: Field, use: NounUse): StatisticName {
  if (use === 'highest') return 'max'
  if (use === 'lowest') return 'min'
  return addsUp(field) ? 'sum' : 'avg'
}
