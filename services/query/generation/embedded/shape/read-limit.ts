import type { Reading } from '../draft'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { readAmount, readQuantity } from '../quantity'
import { areFree, claim } from '../question'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import { setLimit, setOrder } from './set-order'

const LIMIT_OPENERS = createPhraseTable([
  [
    true,
    'limit, limit to, limited to, first, only the first, at most, up to, no more than, maximum, ' +
      'max, a maximum of, not more than, only, just, just the first, last, sample, sample of, a sample of, ' +
      'show, show me, give me, list, get, get me, find',
  ],
])
const ROW_NOUNS = wordSet(
  'rows results records entries examples samples lines items matches hits row result example',
  'sample logs spans messages events of',
)

/** `limit 20`, `ten at most`, `up to 50 rows`, `first 10 errors`, `show me 20 errors`, `last 50 lines`. */
export function readLimit(reading: Reading, start: number): void {
  const { question } = reading
  const { tokens } = question
  const opener = LIMIT_OPENERS.match(tokens, start)
  const amount = readCount(tokens, opener?.end ?? start)
  if (amount === null || !areFree(question, start, amount.end) || tokens[amount.end - 1]?.kind === 'ordinal')
    return
  const word = opener === null ? '' : lower(tokens, start)
  const next = lower(tokens, amount.end)
  const isPost =
    ['at', 'max', 'maximum'].includes(next) && (next !== 'at' || lower(tokens, amount.end + 1) === 'most')
  const isRows = ROW_NOUNS.has(next)
  const isCertain = /^limit/.test(word) || (isRows && word !== '')
  const isLead =
    /^(first|last|show|give|list|get|find|sample|a)$/.test(word) &&
    (next === '' || isNounPhrase(tokens, amount.end))
  const isShort = /^(only|just)$/.test(word) && next === ''
  if (!isPost && !isCertain && !isLead && !isShort) return
  setLimit(reading, amount.value)
  if (word === 'last') setOrder(reading, { by: 'timestamp', direction: 'desc' })
  if (word === 'first') reading.draft.order ??= null
  claim(question, start, isPost ? amount.end + (next === 'at' ? 2 : 1) : amount.end, 'limit')
}

/** Something is counted: a plural noun follows, and no three-digit status code ("show me 500 errors") was read. */
function isNounPhrase(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]
  const count = tokens[at - 1]?.value ?? 0
  const isStatus = count >= 400 && count <= 599 && /^(errors?|responses?|pages?)$/.test(token?.lower ?? '')
  return token !== undefined && token.kind !== 'symbol' && !isStatus
}

/** A number that counts things: no unit behind it. */
export function readCount(tokens: readonly Token[], at: number) {
  const amount = readAmount(tokens, at)
  return amount !== null && Number.isInteger(amount.value) && readQuantity(tokens, at) === null
    ? amount
    : null
}
