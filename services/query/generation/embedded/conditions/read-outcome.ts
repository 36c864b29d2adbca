import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import { type Field, findByConcept, isNumeric, isOfConcept } from '../link/field'
import { readFieldLinks } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { isException } from '../measures/measure-of-noun'
import { isFree } from '../question'
import { stem } from '../stem'
import { wordSet } from '../word-set'
import { negate } from './negate'
import { hasSeverity, severityCondition, severityRange } from './severities'

export interface OutcomeReading {
  readonly condition: Condition
  readonly end: number
}

const FAILED = wordSet(
  'failed failing fail fails failure failures unsuccessful faulty erroneous broken errored',
  'erroring error errors',
)
const SUCCEEDED = wordSet('successful succeeded succeeding success successes successfully')

/**
 * `failed`, `failing`, `successful` where no value of the catalogue says so: read from whatever the source
 * tells an outcome by, a flag first, then an exit code, a status, the severity.
 */
export function readOutcome(reading: Reading, start: number): OutcomeReading | null {
  const word = lower(reading.question.tokens, start)
  if (!isFree(reading.question, start)) return null
  const isError = /^errors?$/.test(word)
  if (isError && hasSeverity(reading)) return null
  if (isException(word)) return readException(reading, start)
  if (TROUBLE.has(word)) return readTrouble(reading, start)
  const hasFailed = FAILED.has(word)
  if (!hasFailed && !SUCCEEDED.has(word)) return null
  const condition = outcomeCondition(reading, hasFailed)
  return condition === null ? null : { condition, end: start + 1 }
}

/** `exceptions`: records that name one. */
function readException(reading: Reading, start: number): OutcomeReading | null {
  const field = findByConcept(reading.index.fields, 'error type', ({ type }) => type === 'string')
  const condition: Condition | null =
    field === null ? outcomeCondition(reading, true) : { kind: 'present', field, isPresent: true }
  return condition === null ? null : { condition, end: start + 1 }
}

const TROUBLE = wordSet('issue issues problem problems wrong trouble troubles')

/** "any issues with billing", "what went wrong": errors and worse. */
function readTrouble(reading: Reading, start: number): OutcomeReading | null {
  if (hasSeverity(reading)) {
    return { condition: severityRange(reading, '>=', 'ERROR'), end: start + 1 }
  }
  const condition = outcomeCondition(reading, true)
  return condition === null ? null : { condition, end: start + 1 }
}

/** What tells failed records from the others, null when nothing in the catalogue does. */
export function outcomeCondition(reading: Reading, hasFailed: boolean): Condition | null {
  const { fields } = reading.index
  const flag = findFlag(fields)
  if (flag !== null)
    return { kind: 'compare', field: flag.field, operator: '==', value: flag.meansFailure === hasFailed }
  const words = new Set(reading.question.tokens.flatMap((token) => token.words.map(stem)))
  const exit = findByConcept(fields, 'exit code', isNumeric)
  if (exit !== null && (words.has('job') || words.has('exit') || words.has('process') || words.has('task'))) {
    return { kind: 'compare', field: exit, operator: hasFailed ? '!=' : '==', value: 0 }
  }
  const status = findByConcept(fields, 'status', isNumeric)
  const isAboutRequests = ['request', 'call', 'respons', 'http', 'api'].some((base) => words.has(base))
  if (status !== null && (isAboutRequests || !hasSeverity(reading) || !hasFailed)) {
    return { kind: 'compare', field: status, operator: hasFailed ? '>=' : '<', value: hasFailed ? 500 : 400 }
  }
  if (!hasSeverity(reading)) return null
  const errors = severityCondition(reading, ['ERROR'])
  return hasFailed ? errors : negate(errors)
}

const FAILURE_NAMES = wordSet('error failed failure is_error has_error errored faulted')
const SUCCESS_NAMES = wordSet('success succeeded successful ok is_success is_successful')

function findFlag(fields: readonly Field[]): { field: Field; meansFailure: boolean } | null {
  for (const field of fields) {
    if (field.type !== 'boolean') continue
    const name = field.nameWords.join('_')
    if (FAILURE_NAMES.has(name)) return { field, meansFailure: true }
    if (SUCCESS_NAMES.has(name)) return { field, meansFailure: false }
  }
  return null
}

const NON_ZERO = wordSet('non-zero nonzero non-0')

/** `exit with a non-zero code`: a number that is not zero, found by the words around it. */
export function readNonZero(reading: Reading, start: number): OutcomeReading | null {
  const { question } = reading
  const isApart = lower(question.tokens, start) === 'non' && lower(question.tokens, start + 1) === 'zero'
  const isNonZero = isApart || NON_ZERO.has(lower(question.tokens, start))
  const isZero = lower(question.tokens, start) === 'zero'
  if (!isFree(question, start) || (!isNonZero && !isZero)) return null
  const field = fieldAround(reading, start)
  if (field === null) return null
  const end = start + (isApart ? 2 : 1) + (field.isAfter ? 1 : 0)
  return {
    condition: { kind: 'compare', field: field.field, operator: isNonZero ? '!=' : '==', value: 0 },
    end,
  }
}

/** `exited with code 137`: a code that the words around it tell apart from the status. */
export function readCode(reading: Reading, start: number): OutcomeReading | null {
  const { question } = reading
  const isCode = lower(question.tokens, start) === 'code' && isFree(question, start)
  const token = question.tokens[start + 1]
  if (!isCode || token?.kind !== 'number' || token.value === null) return null
  const found = fieldAround(reading, start)
  if (found === null || isOfConcept(found.field, 'status')) return null
  return {
    condition: { kind: 'compare', field: found.field, operator: '==', value: token.value },
    end: start + 2,
  }
}

const AROUND = 5

/** The numeric field whose name shares most words with the tokens about `at`. */
function fieldAround(reading: Reading, at: number): { field: Field; isAfter: boolean } | null {
  const { tokens } = reading.question
  const near = tokens.slice(Math.max(0, at - AROUND), at + 3)
  const stems = new Set(near.flatMap((token) => token.words.map(stem)))
  const scored = reading.index.fields.filter(isNumeric).map((field) => ({
    field,
    score: field.nameWords.filter((word) => stems.has(stem(word))).length / field.nameWords.length,
  }))
  const best = scored.reduce((top, next) => (next.score > top.score ? next : top), {
    field: null as Field | null,
    score: 0.4,
  })
  const after = readFieldLinks(reading, at + 1)[0]?.field
  const field = best.field ?? (after !== undefined && isNumeric(after) ? after : null)
  if (field === null) return null
  const next = tokens[at + 1]
  return {
    field,
    isAfter: next !== undefined && field.nameWords.some((word) => next.words.map(stem).includes(stem(word))),
  }
}
