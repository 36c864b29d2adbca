import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import type { Field } from '../link/field'
import { readField } from '../link/mentions'
import { definedValues } from '../link/value-index'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { isFree } from '../question'
import { readMagnitude } from './comparators'
import { namesRecords } from './names-records'

export interface PresenceReading {
  readonly condition: Condition
  readonly end: number
}

const OPENERS = createPhraseTable<boolean>([
  [
    true,
    'have, has, having, carry, carries, carrying, contain, contains, containing, include, ' +
      'includes, with, where there is, having any, bearing, that set, which set, set',
  ],
  [
    false,
    'without, missing, lacking, lack, lacks, no, with no, have no, has no, but no, and no, ' +
      "without any, not having, having no, where no, don't have, doesn't have, do not have, " +
      "does not have, not have, not carry, not contain, not set, don't carry, don't include, " +
      'carry no, carries no, carrying no, are missing, is missing, miss, with missing, with empty, ' +
      'with null, with an empty, with a missing',
  ],
])
const CLOSERS = createPhraseTable<boolean>([
  [
    true,
    'exists, exist, is set, is present, is not null, is not empty, are present, are set, ' +
      'is filled, is defined, != null, not null, is known',
  ],
  [
    false,
    "is missing, is null, is empty, is not set, isn't set, does not exist, doesn't exist, " +
      'is absent, are missing, is undefined, == null, missing, not set, is unset, is unknown, ' +
      'is not present',
  ],
])

/** `carry a feature flag`, `no session id`, `without user`, `tenant is missing`. */
export function readPresence(reading: Reading, start: number): PresenceReading | null {
  return readClosed(reading, start) ?? readOpened(reading, start)
}

function readClosed(reading: Reading, start: number): PresenceReading | null {
  const field = readField(reading, start)
  if (field === null) return null
  const closer = CLOSERS.match(reading.question.tokens, field.end)
  if (closer === null) return null
  return { condition: presence(field.field, closer.value), end: closer.end }
}

function readOpened(reading: Reading, start: number): PresenceReading | null {
  const { question } = reading
  const opener = isFree(question, start) ? OPENERS.match(question.tokens, start) : null
  if (opener === null) return null
  let at = opener.end
  const hasArticle = ['a', 'an', 'any', 'some'].includes(lower(question.tokens, at))
  if (hasArticle || lower(question.tokens, at) === 'the') at += 1
  const field = readField(reading, at)
  if (field === null || field.field.type === 'boolean' || namesRecords(reading, field)) return null
  const word = lower(question.tokens, start)
  const isCertain = !opener.value || hasArticle || field.isMarked || /^carr/.test(word)
  if (!isCertain || isContinued(reading, field.end, opener.value)) return null
  return { condition: presence(field.field, opener.value), end: field.end }
}

/** A field of which the catalogue says what an empty text means is never missing: it is empty. */
function presence(field: Field, isPresent: boolean): Condition {
  return definedValues(field).some(({ value }) => value === '')
    ? { kind: 'compare', field, operator: isPresent ? '!=' : '==', value: '' }
    : { kind: 'present', field, isPresent }
}

/** A field that a comparison, an operator or a value follows is not asked for as such. */
function isContinued(reading: Reading, at: number, isPresent: boolean): boolean {
  const { question } = reading
  const token = question.tokens[at]
  // "over the past hour" has been read as a time by now.
  if (token === undefined || !isFree(question, at)) return false
  // "without a session id of the checkout service": what is missing neither is of something nor contains it.
  if (!isPresent && /^(at|of|containing|starting|ending|like|matching|beginning)$/.test(token.lower))
    return false
  if (
    /^(more|less|greater|higher|lower|at|of|is|=|==|!=|>|<|>=|<=|containing|starting|ending|like|matching|equal|beginning|between)$/.test(
      token.lower,
    )
  )
    return true
  // "under /api/v1" goes on with something else.
  if (/^(above|over|below|under)$/.test(token.lower)) return readMagnitude(question.tokens, at + 1) !== null
  return token.kind === 'quoted' || token.kind === 'identifier' || token.kind === 'number'
}
