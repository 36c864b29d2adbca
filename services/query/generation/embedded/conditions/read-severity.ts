import type { Severity } from '#dataprime'
import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { isFree } from '../question'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import { hasSeverity, severityCondition, severityOf, severityRange } from './severities'

export interface SeverityReading {
  readonly condition: Condition
  readonly end: number
  readonly isHead: boolean
}

const LEVEL_WORDS = wordSet('level severity levels severities loglevel')

const RANGES = createPhraseTable<'>=' | '<='>([
  [
    '>=',
    'or worse, or above, or higher, and above, and worse, and higher, and up, or more severe, ' +
      'or greater, and over, or over',
  ],
  ['<=', 'or below, or lower, and below, or less, or less severe, and lower, and under'],
])
const OPENERS = createPhraseTable<'>=' | '>' | '<' | '<='>([
  ['>=', 'at least, no less than, >=, minimum'],
  ['>', 'above, worse than, more severe than, higher than, over, >'],
  ['<', 'below, less severe than, lower than, under, <'],
  ['<=', 'at most, up to, <='],
])

/**
 * `errors`, `critical entries`, `at info level`, `severity ERROR`, `errors and criticals`, `warn or worse`,
 * `at least warning`, `level above info`. Null when there is no severity at `start`.
 */
export function readSeverity(reading: Reading, start: number): SeverityReading | null {
  if (!hasSeverity(reading)) return null
  const { tokens } = reading.question
  let at = start
  const isLevelFirst = readLevelWords(tokens, at)
  if (isLevelFirst !== null) at = isLevelFirst
  const opener = OPENERS.match(tokens, at)
  if (opener !== null) at = opener.end
  const first = freeSeverity(reading, at)
  if (first === null || isOtherUse(tokens, at, isLevelFirst !== null)) return null
  at += 1
  // "critical errors" are critical records.
  if (first !== 'ERROR' && /^errors?$/.test(lower(tokens, at))) at += 1
  const isLevelAfter = LEVEL_WORDS.has(lower(tokens, at))
  if (isLevelAfter) at += 1
  const range = opener === null ? RANGES.match(tokens, at) : null
  const operator = opener?.value ?? range?.value
  if (operator !== undefined) {
    const isHead = isLevelFirst === null && !isLevelAfter
    return { condition: severityRange(reading, operator, first), end: range?.end ?? at, isHead }
  }
  const isHead = isLevelFirst === null && !isLevelAfter
  return readList(reading, first, at, isHead)
}

/** `severity`, `log level is`, `level:`, `severity =`; the index of what follows. */
function readLevelWords(tokens: readonly Token[], start: number): number | null {
  let at = lower(tokens, start) === 'log' ? start + 1 : start
  if (!LEVEL_WORDS.has(lower(tokens, at))) return null
  at += 1
  while (
    ['is', 'of', '=', '==', ':', 'are', 'was', 'equal', 'equals', 'to', 'in'].includes(lower(tokens, at))
  )
    at += 1
  return at
}

function freeSeverity(reading: Reading, at: number): Severity | null {
  return isFree(reading.question, at) ? (severityOf(lower(reading.question.tokens, at)) ?? null) : null
}

/** "error type", "error rate" and "info about" are about something else. */
function isOtherUse(tokens: readonly Token[], at: number, isLevel: boolean): boolean {
  const word = lower(tokens, at)
  const next = lower(tokens, at + 1)
  if (isLevel) return false
  if (word === 'error' || word === 'errors') {
    return [
      'type',
      'types',
      'class',
      'classes',
      'kind',
      'kinds',
      'name',
      'names',
      'code',
      'codes',
      'text',
    ].includes(next)
  }
  return word === 'info' && ['about', 'on', 'for'].includes(next)
}

/** `errors, warnings and criticals`: every one of them. */
function readList(reading: Reading, first: Severity, from: number, isHead: boolean): SeverityReading {
  const { tokens } = reading.question
  const severities = [first]
  let end = from
  for (;;) {
    let next = end
    if (lower(tokens, next) === ',') next += 1
    if (['and', 'or', '/', '&', 'and/or', 'plus'].includes(lower(tokens, next))) next += 1
    const severity = next === end ? null : freeSeverity(reading, next)
    if (severity === null || isOtherUse(tokens, next, false)) {
      return { condition: severityCondition(reading, severities), end, isHead }
    }
    if (!severities.includes(severity)) severities.push(severity)
    end = next + 1
    if (LEVEL_WORDS.has(lower(tokens, end))) end += 1
  }
}
