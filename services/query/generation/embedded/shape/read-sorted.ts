import type { DraftOrder, Reading } from '../draft'
import type { SortDirection } from '../intermediate'
import { isDimension, isNumeric, isOfConcept } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { measureOfNoun } from '../measures/measure-of-noun'
import { createPhraseTable } from '../phrase-table'
import { areFree, claim } from '../question'
import type { Token } from '../tokenise'
import { setOrder } from './set-order'
import { SUPERLATIVES } from './superlatives'

/** `sorted by duration`, `order by count desc`, `in descending order`, `in chronological order`, `ranked by errors`. */
export function readSorted(reading: Reading, start: number): void {
  const { question } = reading
  const { tokens } = question
  const plain = PLAIN_ORDERS.match(tokens, start)
  if (plain !== null && areFree(question, start, plain.end)) {
    setOrder(reading, plain.value)
    claim(question, start, plain.end, 'order')
    return
  }
  if (!/^(sorted|sort|ordered|order|ranked|rank|arranged|orderby|sortby)$/.test(lower(tokens, start))) return
  const byAt = tokens.findIndex((token, index) => index >= start && index < start + 5 && token.lower === 'by')
  const isGlued = /by$/.test(lower(tokens, start))
  if (lower(tokens, start) === 'order' && !isOrdering(tokens.slice(start + 1, byAt))) return
  if (byAt < 0 && !isGlued) {
    readSortedPlain(reading, start)
    return
  }
  const at = skipArticles(tokens, (isGlued ? start : byAt) + 1)
  const key = readSortKey(reading, at)
  if (key === null) return
  const direction = readDirection(tokens, key.end)
  const order = direction === null ? key.order : { ...key.order, direction: direction.value }
  setOrder(reading, order)
  // Words between "rank" and "by" stay free: they are what is ranked.
  claim(question, start, start + 1, 'order')
  claim(question, isGlued ? start : byAt, key.isMeasured ? at : key.end, 'order')
  if (direction !== null) claim(question, key.end, direction.end, 'order')
}

/** "order them by", and not the "order amount by country". */
function isOrdering(between: readonly Token[]): boolean {
  return between.every((token) =>
    /^(it|them|these|those|this|that|the|all|results?|rows?|lines?)$/.test(token.lower),
  )
}

const PLAIN_ORDERS = createPhraseTable<DraftOrder>([
  [
    { by: 'timestamp', direction: 'asc' },
    'in chronological order, chronologically, in order of time, by time ascending, in time order',
  ],
  [
    { by: 'timestamp', direction: 'desc' },
    'in reverse chronological order, reverse chronologically, reverse chronological',
  ],
  [
    { by: 'key', direction: 'asc' },
    'alphabetically, in alphabetical order, sorted alphabetically, ordered alphabetically, sort alphabetically, ' +
      'in alphabetic order, sorted by name, ordered by name, sort by name, order by name, from a to z, a to z, a-z',
  ],
  [
    { by: 'rank', field: null, direction: 'desc' },
    'in descending order, descending order, descending, from highest to lowest, ' +
      'from most to least, high to low, from high to low',
  ],
  [
    { by: 'rank', field: null, direction: 'asc' },
    'in ascending order, ascending order, ascending, from lowest to highest, from least to most, ' +
      'low to high, from low to high',
  ],
])

/** `sort descending`: the direction alone. */
function readSortedPlain(reading: Reading, start: number): void {
  const direction = readDirection(reading.question.tokens, start + 1)
  if (direction === null) return
  setOrder(reading, { by: 'rank', field: null, direction: direction.value })
  claim(reading.question, start, direction.end, 'order')
}

function skipArticles(tokens: readonly Token[], at: number): number {
  let next = at
  while (['the', 'their', 'its', 'total', 'number', 'of'].includes(lower(tokens, next))) next += 1
  return next
}

interface SortKey {
  readonly order: DraftOrder
  readonly end: number
  /** The key is a measure that is still to be read from the same words. */
  readonly isMeasured: boolean
}

function readSortKey(reading: Reading, at: number): SortKey | null {
  const { tokens } = reading.question
  const word = lower(tokens, at)
  if (/^(count|counts|n|number|frequency|total|it|that|them|value|result|results)$/.test(word)) {
    return { order: { by: 'rank', field: null, direction: 'desc' }, end: at + 1, isMeasured: false }
  }
  const mention = readField(reading, at)
  if (mention !== null && isOfConcept(mention.field, 'timestamp')) {
    return { order: { by: 'timestamp', direction: 'asc' }, end: mention.end, isMeasured: false }
  }
  if (mention !== null && (isNumeric(mention.field) || isDimension(mention.field))) {
    const direction = isNumeric(mention.field) ? 'desc' : 'asc'
    return { order: { by: 'rank', field: mention.field, direction }, end: mention.end, isMeasured: false }
  }
  const noun = measureOfNoun(reading, at, 'by')
  return noun === null
    ? null
    : { order: { by: 'rank', field: null, direction: 'desc' }, end: noun.end, isMeasured: true }
}

function readDirection(tokens: readonly Token[], at: number): { value: SortDirection; end: number } | null {
  const from = lower(tokens, at) === ',' || lower(tokens, at) === 'in' ? at + 1 : at
  const match = SUPERLATIVES.match(tokens, from)
  if (match === null) return null
  const isFirst = lower(tokens, match.end) === 'first' || lower(tokens, match.end) === 'order'
  const isDirection = /^(asc|ascending|desc|descending)$/.test(lower(tokens, from))
  return isFirst || isDirection
    ? { value: match.value.direction, end: isFirst ? match.end + 1 : match.end }
    : null
}
