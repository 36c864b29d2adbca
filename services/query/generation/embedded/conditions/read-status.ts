import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import { type Field, findByConcept, isNumeric } from '../link/field'
import { lowerWord as lower } from '../lower-word'
import { isFree } from '../question'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'

export interface StatusReading {
  readonly condition: Condition
  readonly end: number
}

const BEFORE = wordSet(
  'status code codes http statuses returned returning returns return responded answered',
  'response got',
)
const AFTER = wordSet(
  'error errors response responses status statuses code codes answer answers reply replies page pages',
)
const PLURAL_BEFORE = wordSet(
  'the of all for many and or , http with returning returned number by count only any are me',
  'by most fewest not no but except show list find get per excluding without out rate',
)

/** `429s`, `5xx`, `HTTP 404`, `500 errors`, `status 502, 503 or 504`, `server errors`. */
export function readStatus(reading: Reading, start: number): StatusReading | null {
  const field = statusField(reading)
  if (field === null || !isFree(reading.question, start)) return null
  return readNamedClass(reading, field, start) ?? readCodes(reading, field, start)
}

/** The number that holds HTTP statuses, null when the catalogue has none. */
export function statusField(reading: Reading): Field | null {
  return findByConcept(reading.index.fields, 'status', isNumeric)
}

function readNamedClass(reading: Reading, field: Field, start: number): StatusReading | null {
  const { tokens } = reading.question
  if (!/^errors?$/.test(lower(tokens, start + 1))) return null
  const leading = { server: 5, client: 4 }[lower(tokens, start)]
  return leading === undefined ? null : { condition: statusClass(field, leading), end: start + 2 }
}

type StatusItem = { readonly code: number } | { readonly leading: number }

function readCodes(reading: Reading, field: Field, start: number): StatusReading | null {
  const { tokens } = reading.question
  let at = start
  let isNamed = false
  while (
    BEFORE.has(lower(tokens, at)) ||
    (isNamed && ['is', 'of', '=', '==', ':', 'in', 'was', 'are', 'a'].includes(lower(tokens, at)))
  ) {
    isNamed = true
    at += 1
  }
  const items: StatusItem[] = []
  let end = at
  for (;;) {
    const next = items.length === 0 ? end : skipListJoint(tokens, end)
    const item =
      next === null || !isFree(reading.question, next)
        ? null
        : readItem(tokens, next, isNamed || items.length > 0)
    if (item === null || next === null) break
    items.push(item)
    end = next + 1
  }
  if (items.length === 0) return null
  if (AFTER.has(lower(tokens, end))) end += 1
  return { condition: toCondition(field, items), end }
}

function skipListJoint(tokens: readonly Token[], at: number): number | null {
  let next = at
  if (lower(tokens, next) === ',') next += 1
  if (['and', 'or', '/', '&', 'plus'].includes(lower(tokens, next))) next += 1
  return next === at ? null : next
}

function readItem(tokens: readonly Token[], at: number, isNamed: boolean): StatusItem | null {
  const token = tokens[at]
  if (token === undefined) return null
  if (token.kind === 'statusCodes') return { code: token.value as number }
  if (token.kind === 'statusClass') return { leading: Number(token.text[0]) }
  if (token.value === null || !Number.isInteger(token.value) || token.value < 100 || token.value > 599)
    return null
  const isPlural =
    token.kind === 'quantity' &&
    token.unit === 's' &&
    (isNamed || at === 0 || PLURAL_BEFORE.has(lower(tokens, at - 1)))
  const isPlain =
    token.kind === 'number' &&
    (isNamed ||
      (/^\d{3}$/.test(token.text) && (isBeforeStatusWord(tokens, at + 1) || isBehindException(tokens, at))))
  return isPlural || isPlain ? { code: token.value } : null
}

/** "4xx responses except 404": of what is left out by its number alone, only a status has three digits. */
function isBehindException(tokens: readonly Token[], at: number): boolean {
  return /^(except|excluding|excepting|besides)$/.test(lower(tokens, at - 1))
}

const LIST_REACH = 6

/** "401 and 403 responses": the word that makes numbers a status may stand behind the last of them. */
function isBeforeStatusWord(tokens: readonly Token[], from: number): boolean {
  for (let at = from; at < from + LIST_REACH; at += 1) {
    const word = lower(tokens, at)
    if (AFTER.has(word)) return true
    if (tokens[at]?.kind !== 'number' && ![',', 'and', 'or', '/'].includes(word)) return false
  }
  return false
}

function toCondition(field: Field, items: readonly StatusItem[]): Condition {
  const codes = items.flatMap((item) => ('code' in item ? [item.code] : []))
  const classes = items.flatMap((item) => ('leading' in item ? [item.leading] : []))
  const conditions: Condition[] = classes.map((leading) => statusClass(field, leading))
  if (codes.length === 1)
    conditions.push({ kind: 'compare', field, operator: '==', value: codes[0] as number })
  if (codes.length > 1) conditions.push({ kind: 'oneOf', field, values: codes, isNegated: false })
  return conditions.length === 1 ? (conditions[0] as Condition) : { kind: 'any', conditions }
}

/** 5xx has no upper end: nothing is above it. */
export function statusClass(field: Field, leading: number): Condition {
  const from: Condition = { kind: 'compare', field, operator: '>=', value: leading * 100 }
  if (leading === 5) return from
  return {
    kind: 'all',
    conditions: [from, { kind: 'compare', field, operator: '<', value: leading * 100 + 100 }],
  }
}
