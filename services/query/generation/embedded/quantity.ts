import { lowerWord as lower } from './lower-word'
import type { Token } from './tokenise'
import { findUnit, type Unit } from './units'
import { wordSet } from './word-set'

const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    zero: 0,
    one: 1,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    eleven: 11,
    twelve: 12,
    thirteen: 13,
    fourteen: 14,
    fifteen: 15,
    sixteen: 16,
    seventeen: 17,
    eighteen: 18,
    nineteen: 19,
    twenty: 20,
    thirty: 30,
    forty: 40,
    fifty: 50,
    sixty: 60,
    seventy: 70,
    eighty: 80,
    ninety: 90,
  }),
)

const MAGNITUDES: ReadonlyMap<string, number> = new Map([
  ['dozen', 12],
  ['hundred', 100],
  ['thousand', 1e3],
  ['k', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
])

const FRACTIONS: ReadonlyMap<string, number> = new Map([
  ['half', 0.5],
  ['third', 1 / 3],
  ['quarter', 0.25],
  ['quarters', 0.25],
])

export interface Amount {
  readonly value: number
  readonly end: number
}

export interface Quantity extends Amount {
  readonly unit: Unit
  /** The unit as it was written, lower case: `hours`, `ms`, `%`. */
  readonly unitName: string
}

/** A number without unit in digits or words: `1,200`, `12k`, `twenty five`, `two hundred`, `a dozen`, `a couple of`. */
export function readAmount(tokens: readonly Token[], start: number): Amount | null {
  const token = tokens[start]
  if (token === undefined) return null
  if (token.value !== null && (token.kind === 'number' || token.unit === '')) {
    return withMagnitude(tokens, token.value, start + 1)
  }
  return readVagueAmount(tokens, start) ?? readNumberWords(tokens, start)
}

const VAGUE_AMOUNTS: ReadonlyMap<string, number> = new Map([['couple', 2], ['few', 3], ...MAGNITUDES])

/** `a couple of`, `a few`, `a dozen`, `a hundred`; the article may be missing ("the last few minutes"). */
function readVagueAmount(tokens: readonly Token[], start: number): Amount | null {
  const at = lower(tokens, start) === 'a' ? start + 1 : start
  const word = lower(tokens, at)
  const value = word.length > 1 ? VAGUE_AMOUNTS.get(word) : undefined
  if (value === undefined) return null
  return { value, end: lower(tokens, at + 1) === 'of' ? at + 2 : at + 1 }
}

function readNumberWords(tokens: readonly Token[], start: number): Amount | null {
  const parts = (tokens[start]?.words ?? []).map((part) => NUMBER_WORDS.get(part))
  if (lower(tokens, start) === '' || parts.length === 0 || parts.some((part) => part === undefined))
    return null
  const value = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)
  const ones = value >= 20 && value % 10 === 0 ? NUMBER_WORDS.get(lower(tokens, start + 1)) : undefined
  const hasOnes = ones !== undefined && ones > 0 && ones < 10
  return withMagnitude(tokens, value + (hasOnes ? ones : 0), start + (hasOnes ? 2 : 1))
}

function withMagnitude(tokens: readonly Token[], value: number, end: number): Amount {
  const magnitude = MAGNITUDES.get(lower(tokens, end))
  return magnitude === undefined ? { value, end } : { value: value * magnitude, end: end + 1 }
}

/**
 * A number with its unit: `25m`, `3.5 MB`, `5%`, `$50`, `half a day`, `a quarter second`,
 * `three quarters of an hour`, `two and a half hours`, `an hour and a half`, `90 minutes`.
 */
export function readQuantity(tokens: readonly Token[], start: number): Quantity | null {
  return (
    readGlued(tokens, start) ??
    readFraction(tokens, start) ??
    readCounted(tokens, start) ??
    readSingle(tokens, start)
  )
}

function readGlued(tokens: readonly Token[], start: number): Quantity | null {
  const token = tokens[start]
  if (token?.kind === 'identifier') return readHyphenated(token, start)
  if (token?.value == null || token.unit === null || token.unit === '') return null
  const unit = findUnit(token.unit)
  return unit === undefined
    ? null
    : { value: token.value, unit, unitName: token.unit.toLowerCase(), end: start + 1 }
}

/** `5-minute`, `half-hour`, `thirty-second`. */
function readHyphenated(token: Token, start: number): Quantity | null {
  const [first, second, ...rest] = token.words
  if (first === undefined || second === undefined || rest.length > 0 || !token.text.includes('-')) return null
  const value = /^\d+$/.test(first) ? Number(first) : (NUMBER_WORDS.get(first) ?? FRACTIONS.get(first))
  const unit = findUnit(second)
  return value === undefined || unit === undefined ? null : { value, unit, unitName: second, end: start + 1 }
}

const ARTICLES = wordSet('a an the of')

/** `half an hour`, `half day`, `a quarter of a second`, `three quarters of an hour`. */
function readFraction(tokens: readonly Token[], start: number): Quantity | null {
  let at = start
  const count = NUMBER_WORDS.get(lower(tokens, at))
  if (count !== undefined || ARTICLES.has(lower(tokens, at))) at += 1
  const fraction = FRACTIONS.get(lower(tokens, at))
  if (fraction === undefined) return null
  at += 1
  while (ARTICLES.has(lower(tokens, at))) at += 1
  const unit = findUnit(lower(tokens, at))
  if (unit === undefined) return null
  return { value: (count ?? 1) * fraction, unit, unitName: lower(tokens, at), end: at + 1 }
}

/** `4 seconds`, `two and a half hours`, `a couple of days`, `50 dollars`. */
function readCounted(tokens: readonly Token[], start: number): Quantity | null {
  const amount = readAmount(tokens, start)
  if (amount === null) return null
  const hasHalf =
    lower(tokens, amount.end) === 'and' &&
    lower(tokens, amount.end + 1) === 'a' &&
    lower(tokens, amount.end + 2) === 'half'
  const at = hasHalf ? amount.end + 3 : amount.end
  const name = lower(tokens, at)
  const unit = tokens[at]?.kind === 'symbol' && name !== '%' ? undefined : findUnit(name)
  if (unit === undefined) return null
  return withHalf(tokens, { value: amount.value + (hasHalf ? 0.5 : 0), unit, unitName: name, end: at + 1 })
}

/** `an hour`, `a day`, `an hour and a half`. */
function readSingle(tokens: readonly Token[], start: number): Quantity | null {
  if (lower(tokens, start) !== 'a' && lower(tokens, start) !== 'an') return null
  const name = lower(tokens, start + 1)
  const unit = name.length < 3 ? undefined : findUnit(name)
  return unit === undefined ? null : withHalf(tokens, { value: 1, unit, unitName: name, end: start + 2 })
}

function withHalf(tokens: readonly Token[], quantity: Quantity): Quantity {
  const says = ['and', 'a', 'half'].every((word, offset) => lower(tokens, quantity.end + offset) === word)
  return says ? { ...quantity, value: quantity.value + 0.5, end: quantity.end + 3 } : quantity
}
