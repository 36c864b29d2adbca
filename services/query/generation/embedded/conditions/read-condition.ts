import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import { isDimension } from '../link/field'
import { readField, readValue } from '../link/mentions'
import { isFree } from '../question'
import { namesRecords } from './names-records'
import { readAddress } from './read-address'
import { readFlag } from './read-flag'
import { readCode, readNonZero, readOutcome } from './read-outcome'
import { readPresence } from './read-presence'
import { readSeverity } from './read-severity'
import { readStatus } from './read-status'
import { messageField, readAbout, readText } from './read-text'
import { readValues } from './read-values'

export interface ConditionReading {
  readonly condition: Condition
  readonly end: number
  /** Said by the noun the question is about: leads the filter. */
  readonly isHead: boolean
  /** Values set side by side ("kafka vs sqs"): the field also groups. */
  readonly isComparison: boolean
}

type Reader = (reading: Reading, start: number) => { condition: Condition; end: number } | null

/** From the surest form to the loosest: what an earlier one reads no later one sees. */
const READERS: readonly Reader[] = [
  readNonZero,
  readCode,
  readPresence,
  readStatus,
  readFieldText,
  (reading, start) => readText(reading, start, null),
  readAbout,
  readFieldAddress,
  readFlag,
]

/** The condition that starts at a free token, null when none does. */
export function readCondition(reading: Reading, start: number): ConditionReading | null {
  if (!isFree(reading.question, start)) return null
  const severity = readSeverity(reading, start)
  const value = severity === null ? null : readValue(reading, start)
  if (severity !== null && (value === null || value.end <= severity.end)) {
    return { condition: severity.condition, end: severity.end, isHead: severity.isHead, isComparison: false }
  }
  for (const reader of READERS) {
    const found = reader(reading, start)
    if (found !== null) return { ...found, isHead: false, isComparison: false }
  }
  const values = readValues(reading, start)
  if (values !== null)
    return { condition: values.condition, end: values.end, isHead: false, isComparison: values.isComparison }
  const loose = readOutcome(reading, start) ?? readQuoted(reading, start)
  return loose === null ? null : { ...loose, isHead: false, isComparison: false }
}

/** `path starting with /api`, `user agents containing "bot"`. */
function readFieldText(reading: Reading, start: number) {
  const field = readField(
    reading,
    start,
    (candidate) => candidate.type !== 'number' && candidate.type !== 'boolean',
  )
  return field === null || namesRecords(reading, field) ? null : readText(reading, field.end, field.field)
}

/** `ip 10.0.0.5`, `172.16.0.0/12`. */
function readFieldAddress(reading: Reading, start: number) {
  const named = readField(reading, start, isDimension)
  if (named === null) return readAddress(reading, start, null)
  const at = ['in', 'is', '=', ':', 'within', '=='].includes(reading.question.tokens[named.end]?.lower ?? '')
    ? named.end + 1
    : named.end
  return readAddress(reading, at, named.field)
}

/** A quoted text that is no known value is looked for in the message. */
function readQuoted(reading: Reading, start: number) {
  const token = reading.question.tokens[start]
  if (token?.kind !== 'quoted' || token.text === '') return null
  const condition: Condition = {
    kind: 'text',
    field: messageField(reading),
    operator: 'contains',
    text: token.text,
    isNegated: false,
  }
  return { condition, end: start + 1 }
}
