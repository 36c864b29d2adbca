import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import type { Field } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { isFree } from '../question'
import { stem } from '../stem'

export interface FlagReading {
  readonly condition: Condition
  readonly end: number
}

/** Words that turn the last word of a flag's name round: a cache miss is no cache hit. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  ['hit', 'miss'],
  ['success', 'failure'],
  ['successful', 'failed'],
  ['enabled', 'disabled'],
  ['active', 'inactive'],
  ['valid', 'invalid'],
  ['verified', 'unverified'],
  ['authenticated', 'unauthenticated'],
  ['online', 'offline'],
  ['paid', 'unpaid'],
  ['encrypted', 'unencrypted'],
  ['approved', 'rejected'],
]

/** `cache hits`, `cache misses`, `fraudulent`, `is_retry is true`: flags by name, by the opposite, by a derived word. */
export function readFlag(reading: Reading, start: number): FlagReading | null {
  if (!isFree(reading.question, start)) return null
  return readNamed(reading, start) ?? readOpposite(reading, start) ?? readDerived(reading, start)
}

/** All words of the flag's name: "hits per path" counts records, whatever a cache may hit. */
function readNamed(reading: Reading, start: number): FlagReading | null {
  const mention = readField(reading, start, (field) => field.type === 'boolean')
  const { tokens } = reading.question
  if (mention === null) return null
  const words = tokens.slice(mention.start, mention.end).flatMap((token) => token.words)
  if (words.length < flagWords(mention.field).length) return null
  let at = mention.end
  while (['flag', 'is', 'was', '=', '==', ':', 'equals', 'set', 'to'].includes(lower(tokens, at))) at += 1
  const said = lower(tokens, at)
  if (said === 'true' || said === 'yes') return flag(mention.field, true, at + 1)
  if (said === 'false' || said === 'no') return flag(mention.field, false, at + 1)
  return flag(mention.field, true, mention.end)
}

function flag(field: Field, value: boolean, end: number): FlagReading {
  return { condition: { kind: 'compare', field, operator: '==', value }, end }
}

function readOpposite(reading: Reading, start: number): FlagReading | null {
  const { tokens } = reading.question
  for (const field of reading.index.fields) {
    if (field.type !== 'boolean') continue
    const words = flagWords(field)
    const last = words.at(-1) as string
    const opposite = OPPOSITES.find(([positive]) => stem(positive) === stem(last))?.[1]
    if (opposite === undefined) continue
    const expected = [...words.slice(0, -1), opposite].map(stem)
    const isSaid = expected.every(
      (word, offset) =>
        isFree(reading.question, start + offset) && stem(lower(tokens, start + offset)) === word,
    )
    if (isSaid) return flag(field, false, start + expected.length)
  }
  return null
}

/** The words a flag is known by: `is_fraud` is fraud, `mfa_used` is mfa. */
function flagWords(field: Field): string[] {
  const words = field.nameWords.filter((word) => !['is', 'has', 'was', 'flag', 'used'].includes(word))
  return words.length > 0 ? words : [...field.nameWords]
}

const DERIVED_LETTERS_MIN = 5

/** "fraudulent" for `is_fraud`, "flagged" for `flag`: a word that begins as the flag's only word does. */
function readDerived(reading: Reading, start: number): FlagReading | null {
  const { tokens } = reading.question
  const word = lower(tokens, start)
  if (word.length < 3 || tokens[start]?.kind !== 'word') return null
  for (const field of reading.index.fields) {
    if (field.type !== 'boolean') continue
    const words = flagWords(field)
    const base = stem(words[0] as string)
    if (words.length !== 1) continue
    const isSame =
      stem(word) === base ||
      (base.length >= DERIVED_LETTERS_MIN && word.startsWith(base) && word.length <= base.length + 5)
    if (isSame) return flag(field, true, start + 1)
    const isOpposite = /^(un|in|non-?)/.test(word) && stem(word.replace(/^(un|in|non-?)/, '')) === base
    if (isOpposite) return flag(field, false, start + 1)
  }
  return null
}
