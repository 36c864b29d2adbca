import type { Reading } from '../draft'
import type { Condition, Literal } from '../intermediate'
import { FILLERS, QUERY_VERBS, RECORD_NOUNS } from '../lexicon/words'
import { type Field, isDimension, isNumeric } from '../link/field'
import {
  type FieldMention,
  readExactValueOf,
  readField,
  readLeadingValue,
  readValue,
  readValueLinks,
  readValueOf,
  VALUE_STRENGTH_MIN,
  type ValueMention,
} from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { isFree } from '../question'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import { readComparison } from './comparators'
import { directionOf } from './direction'
import { negate } from './negate'
import { readNegator } from './negation'
import { severityOf } from './severities'

export interface ValuesReading {
  readonly condition: Condition
  readonly field: Field
  /** How many values were listed. */
  readonly count: number
  readonly end: number
  /** Joined by a word that compares: "kafka vs sqs". */
  readonly isComparison: boolean
}

/**
 * Values and the fields they belong to: `tenant hooli`, `plan: pro`, `the canary namespace`,
 * `request 9f8e-22`, `US, GB and CA`, and values alone (`payments`).
 */
export function readValues(reading: Reading, start: number): ValuesReading | null {
  return (
    readFieldThenValue(reading, start) ?? readValueThenField(reading, start) ?? readValueAlone(reading, start)
  )
}

/** A value of a field and the operator that selects it. */
interface FoundValue {
  readonly value: Literal
  readonly operator: '==' | 'contains' | 'startsWith'
  readonly end: number
}

const LINKING_WORDS = wordSet(
  'is are was were = == : equals equal to of named called in being either the with id value',
  'one number #',
)

/** `tenant hooli`, `status is pending`, `exit code 137`, `service in (a, b)`. */
export function readFieldThenValue(reading: Reading, start: number): ValuesReading | null {
  const field = readField(
    reading,
    start,
    (candidate) => candidate.type !== 'boolean' && candidate.type !== 'timestamp',
  )
  if (field === null) return null
  const { tokens } = reading.question
  const negatorEnd = readInnerNegator(tokens, field.end)
  let at = negatorEnd ?? field.end
  while (at < field.end + 5 && (LINKING_WORDS.has(lower(tokens, at)) || lower(tokens, at) === '(')) at += 1
  const isLinked =
    negatorEnd !== null ||
    (at > field.end && !['of', 'with', 'to', 'in', 'the'].includes(lower(tokens, field.end)))
  const first = readOwnValue(reading, at, field, isLinked)
  if (first === null) return null
  // "of" and "in" between a field and a value more often start something new: "sessions in prod".
  if (at > field.end && !isLinked && !isKnownSample(field.field, first.value)) return null
  const found = collect(reading, field.field, first, (next) => readOwnValue(reading, next, field, true))
  return negatorEnd === null ? found : { ...found, condition: negate(found.condition) }
}

/** `tenant is not acme`, `status != pending`: the negation between a field and its value. */
function readInnerNegator(tokens: readonly Token[], at: number): number | null {
  if (lower(tokens, at) === '!=' || lower(tokens, at) === '<>') return at + 1
  const isCopula = ['is', 'are', 'was', 'were'].includes(lower(tokens, at))
  if (isCopula && lower(tokens, at + 1) === 'not') return at + 2
  return ["isn't", "aren't", "wasn't", "weren't", 'not'].includes(lower(tokens, at)) ? at + 1 : null
}

function isKnownSample(field: Field, value: Literal): boolean {
  return field.samples.includes(String(value))
}

/** A value right after its field's name: a known one, or what looks like one. */
function readOwnValue(
  reading: Reading,
  at: number,
  field: FieldMention,
  isLinked: boolean,
): FoundValue | null {
  const { question } = reading
  const token = question.tokens[at]
  if (token === undefined || !isFree(question, at)) return null
  if (isNumeric(field.field) && field.field.type === 'number') return readOwnNumber(token, field, at)
  const known = readValueOf(reading, at, field.field, WEAK_VALUE_STRENGTH)
  if (known !== null) return { value: known.value, operator: known.operator, end: known.end }
  if (token.kind === 'number' && field.field.samples.some((sample) => sample.startsWith(`${token.text}.`))) {
    return { value: token.text, operator: 'startsWith', end: at + 1 }
  }
  if (!isLiteral(reading, token, at, field, isLinked)) return null
  return { value: token.text, operator: '==', end: at + 1 }
}

/** "exit code 137", but not "status 500 errors in 2 hours" with its other number. */
function readOwnNumber(token: Token, field: FieldMention, at: number): FoundValue | null {
  if (token.kind !== 'number' || token.value === null || field.isPlural) return null
  return { value: token.value, operator: '==', end: at + 1 }
}

const LITERAL_KINDS = wordSet('identifier version quoted backticked path address')

/** What stands behind a field's name and can only be its value although no sample shows it. */
function isLiteral(
  reading: Reading,
  token: Token,
  at: number,
  field: FieldMention,
  isLinked: boolean,
): boolean {
  if (token.kind === 'quoted' || (token.kind === 'backticked' && readField(reading, at) === null)) return true
  if (LITERAL_KINDS.has(token.kind)) return readField(reading, at) === null && readValue(reading, at) === null
  const isId = field.field.nameWords.includes('id') || /\bid\b/i.test(field.field.description)
  if (token.kind === 'number') return (isId || isLinked) && !field.isPlural
  if (token.kind !== 'word' || field.isPlural || readValue(reading, at) !== null) return false
  return isLinked ? isUnknownWord(reading, at) : isUnknownWord(reading, at) && isNameLike(reading, field, at)
}

/** A word that nothing in the catalogue and nothing in the language of questions explains. */
export function isUnknownWord(reading: Reading, at: number): boolean {
  const word = lower(reading.question.tokens, at)
  if (word.length < 2 || FILLERS.has(word) || RECORD_NOUNS.has(word) || QUERY_VERBS.has(word)) return false
  const { tokens } = reading.question
  if (readNegator(tokens, at) !== null || readComparison(tokens, at) !== null) return false
  return severityOf(word) === undefined && !COMMON_NOUNS.has(word) && readField(reading, at) === null
}

const COMMON_NOUNS = new Set(
  (
    'activity activities behaviour behavior usage use distribution breakdown detail details restart restarts health performance load loads name names id ids type types ' +
    'issue issues problem problems failure failures failing failed failed slow fast slower faster slowest fastest top bottom first latest newest oldest trend trends rate rates ratio share ' +
    'percentage percent total totals average mean median max min maximum minimum peak sum count counts pattern patterns history overview summary statistics stats metrics metric ' +
    'status state access attempts change changes update updates work works working worked exit exits exited logged bytes time times duration spike spikes drop drops ' +
    'last past previous next unique distinct different highest lowest biggest smallest largest longest shortest crash crashes crashed'
  ).split(' '),
)

/** "for user alice", "tenant Contoso": capitals or a preposition before, and nothing that continues the phrase after. */
function isNameLike(reading: Reading, field: FieldMention, at: number): boolean {
  const { tokens } = reading.question
  const token = tokens[at] as Token
  if (/^[A-Z]/.test(token.text)) return true
  const opens = [
    'for',
    'of',
    'by',
    'in',
    'on',
    'from',
    'with',
    'where',
    'at',
    'to',
    'and',
    'only',
    'but',
  ].includes(lower(tokens, field.start - 1))
  // Without samples any word may be a value; at the opening nothing else explains it.
  const isOpening = field.start === 0 && field.field.samples.length === 0
  const isAfterThe =
    lower(tokens, field.start - 1) === 'the' &&
    ['for', 'of', 'by', 'in', 'on', 'from'].includes(lower(tokens, field.start - 2))
  const next = tokens[at + 1]
  const closes =
    next === undefined ||
    next.kind === 'symbol' ||
    !isFree(reading.question, at + 1) ||
    FILLERS.has(next.lower)
  return (opens || isAfterThe || isOpening) && closes
}

/** `the canary namespace`, `pro plan`, `"session" table`, `static path`, `the ledger service`. */
function readValueThenField(reading: Reading, start: number): ValuesReading | null {
  const { question } = reading
  if (!isFree(question, start) || question.tokens[start]?.kind === 'symbol') return null
  const listed = readListBeforeField(reading, start)
  if (listed !== null) return listed
  for (let end = start + reading.index.values.wordsMax; end > start; end -= 1) {
    const field = end < question.tokens.length ? readField(reading, end, isDimension) : null
    if (field === null) continue
    const known = readExactValueOf(reading, start, end, field.field)
    if (known !== null && known.strength >= WEAK_VALUE_STRENGTH)
      return single(field.field, { value: known.value, operator: known.operator, end: field.end })
    if (end > start + 1) continue
    const leading = readLeadingValue(reading, start, field.field)
    if (leading !== null && (leading.value.startsWith('/') || !isOwnPhrase(reading, start))) {
      return single(field.field, { value: leading.value, operator: leading.operator, end: field.end })
    }
    const unknown = readUnknownBeforeField(reading, start, field)
    if (unknown !== null) return unknown
  }
  return null
}

/** A word that is a sure value of some field, or names one, is not the first letters of another's. */
function isOwnPhrase(reading: Reading, start: number): boolean {
  const value = readValue(reading, start)
  return (value !== null && value.strength > 0.85) || readField(reading, start) !== null
}

/** What a link must reach beside the name of its field. */
const WEAK_VALUE_STRENGTH = 0.3
/** Values that may stand before the field's name: a longer list is written behind it. */
const LEADING_LIST_MAX = 16

/** `US and GB countries`, `the cart, search and auth services`: the name behind the list says whose values they are. */
function readListBeforeField(reading: Reading, start: number): ValuesReading | null {
  const named = readFieldBehindList(reading, start)
  if (named === null) return null
  const first = readValueOf(reading, start, named.field, WEAK_VALUE_STRENGTH) as ValueMention
  const list = collect(reading, named.field, first, (next) =>
    next < named.start ? readValueOf(reading, next, named.field, WEAK_VALUE_STRENGTH) : null,
  )
  return list.count > 1 && list.end === named.start ? { ...list, end: named.end } : null
}

/** Walks over a list of any values to a field that can hold the first of them. */
function readFieldBehindList(reading: Reading, start: number): FieldMention | null {
  let value = readValue(reading, start, () => true, WEAK_VALUE_STRENGTH)
  for (let count = 1; value !== null && count <= LEADING_LIST_MAX; count += 1) {
    const named =
      count === 1 ? null : readField(reading, value.end, (field) => holdsValue(reading, start, field))
    if (named !== null) return named
    const next = afterListJoint(reading.question.tokens, value.end)
    value = next === null ? null : readValue(reading, next.at, () => true, WEAK_VALUE_STRENGTH)
  }
  return null
}

function holdsValue(reading: Reading, start: number, field: Field): boolean {
  return readValueOf(reading, start, field, WEAK_VALUE_STRENGTH) !== null
}

/** "for the ledger service": an unknown word between a preposition and a field's singular name. */
function readUnknownBeforeField(reading: Reading, start: number, field: FieldMention): ValuesReading | null {
  const { tokens } = reading.question
  const token = tokens[start] as Token
  if (field.isPlural || field.field.isFreeText || readValue(reading, start) !== null) return null
  const isMarked =
    token.kind === 'quoted' || (token.kind === 'identifier' && readField(reading, start) === null)
  const isNamed =
    token.kind === 'word' &&
    isUnknownWord(reading, start) &&
    lower(tokens, start - 1) === 'the' &&
    ['for', 'of', 'in', 'on', 'from', 'by', 'at', 'to'].includes(lower(tokens, start - 2))
  if (!isMarked && !isNamed) return null
  return single(field.field, { value: token.text, operator: '==', end: field.end })
}

/** `payments`, `mobile or tv`, `curl`: values whose field is not named. */
function readValueAlone(reading: Reading, start: number): ValuesReading | null {
  const best = readValue(reading, start)
  if (best === null) return null
  const field = chooseField(reading, best)
  const first = readValueOf(reading, start, field) ?? best
  return collect(reading, field, first, (next) => readValueOf(reading, next, field))
}

/** Of the fields a value may belong to, the one on the side the preposition points to; else the surest. */
function chooseField(reading: Reading, best: ValueMention): Field {
  const { tokens } = reading.question
  const links = readValueLinks(reading, best.start, best.end).filter(
    (link) => link.strength >= VALUE_STRENGTH_MIN,
  )
  const before = lower(tokens, best.start - 1) === 'the' ? best.start - 2 : best.start - 1
  const direction = directionOf(lower(tokens, before))
  const pointed = direction === null ? undefined : links.find(({ field }) => field.side === direction)
  const isSure = pointed !== undefined && pointed.strength >= best.strength - 0.1
  return isSure ? pointed.field : best.field
}

const JOINTS = wordSet('and or vs versus / & nor plus against')
const COMPARING = wordSet('vs versus against vs.')

/** The values of a list: `US, GB and CA`, `kafka vs sqs`. */
function collect(
  reading: Reading,
  field: Field,
  first: FoundValue,
  readNext: (at: number) => FoundValue | null,
): ValuesReading {
  const { tokens } = reading.question
  const found = [first]
  let end = first.end
  let isComparison = false
  for (;;) {
    const joined = afterListJoint(tokens, end)
    if (joined === null) break
    const next = readNext(joined.at)
    if (next === null) break
    found.push(next)
    end = next.end
    isComparison ||= joined.isComparison
  }
  if (lower(tokens, end) === ')') end += 1
  return { ...toReading(field, found, end), isComparison }
}

/** Behind what joins two values of a list (`, the`, `and in`, `vs.`); null where nothing does. */
function afterListJoint(tokens: readonly Token[], end: number) {
  let at = end
  if (lower(tokens, at) === ',') at += 1
  const joint = lower(tokens, at)
  if (JOINTS.has(joint)) at += 1
  if (COMPARING.has(joint) && lower(tokens, at) === '.') at += 1
  if (at === end) return null
  while (['the', 'a', 'in', 'from', 'on'].includes(lower(tokens, at))) at += 1
  return { at, isComparison: COMPARING.has(joint) }
}

function single(field: Field, value: FoundValue): ValuesReading {
  return { ...toReading(field, [value], value.end), isComparison: false }
}

function toReading(
  field: Field,
  found: readonly FoundValue[],
  end: number,
): Omit<ValuesReading, 'isComparison'> {
  const exact = [...new Set(found.filter(({ operator }) => operator === '==').map(({ value }) => value))]
  const partial = found.filter(({ operator }) => operator !== '==')
  const conditions: Condition[] = partial.map(({ operator, value }) => ({
    kind: 'text',
    field,
    operator: operator as 'contains' | 'startsWith',
    text: String(value),
    isNegated: false,
  }))
  if (exact.length === 1)
    conditions.unshift({ kind: 'compare', field, operator: '==', value: exact[0] as Literal })
  if (exact.length > 1) conditions.unshift({ kind: 'oneOf', field, values: exact, isNegated: false })
  const condition =
    conditions.length === 1 ? (conditions[0] as Condition) : { kind: 'any' as const, conditions }
  return { condition, field, count: found.length, end }
}
