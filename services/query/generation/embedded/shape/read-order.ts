import { readSeverity } from '../conditions/read-severity'
import type { DraftOrder, Reading } from '../draft'
import type { SortDirection } from '../intermediate'
import { RECORD_NOUNS } from '../lexicon/words'
import { type Field, findByConcept, isDimension, isNumeric, isOfConcept } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { measureOfNoun } from '../measures/measure-of-noun'
import { numberAbout } from '../measures/number-about'
import { createPhraseTable } from '../phrase-table'
import { readAmount, readQuantity } from '../quantity'
import { areFree, claim, isFree, type Question } from '../question'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'

/** What an ordering adjective is about and which end comes first. */
interface Superlative {
  readonly direction: SortDirection
  /** `time` orders by when, `rank` by whatever the result is measured by, a concept by its field. */
  readonly by: 'time' | 'rank' | 'count' | 'duration' | 'size' | 'amount'
}

const SUPERLATIVES = createPhraseTable<Superlative>([
  [{ direction: 'asc', by: 'time' }, 'oldest, earliest, least recent'],
  [{ direction: 'desc', by: 'time' }, 'newest, latest, most recent, freshest, recent, recentest'],
  [
    { direction: 'desc', by: 'duration' },
    'slowest, longest, longest running, longest-running, most time consuming, worst performing',
  ],
  [{ direction: 'asc', by: 'duration' }, 'fastest, quickest, shortest'],
  [{ direction: 'desc', by: 'size' }, 'heaviest, biggest, largest, fattest, bulkiest'],
  [{ direction: 'asc', by: 'size' }, 'smallest, lightest, tiniest'],
  [{ direction: 'desc', by: 'amount' }, 'most expensive, costliest, priciest, most valuable'],
  [{ direction: 'asc', by: 'amount' }, 'cheapest, least expensive'],
  [
    { direction: 'desc', by: 'count' },
    'busiest, noisiest, chattiest, most active, most frequent, most common, most popular, ' +
      'most visited, most used, loudest, commonest',
  ],
  [
    { direction: 'asc', by: 'count' },
    'quietest, least active, least frequent, rarest, least common, least popular, least used',
  ],
  [
    { direction: 'desc', by: 'rank' },
    'highest, most, greatest, worst, top, largest, biggest, descending, desc',
  ],
  [{ direction: 'asc', by: 'rank' }, 'lowest, fewest, least, best, smallest, ascending, asc, bottom'],
])

/**
 * Order and limit said outright: `oldest first`, `top 15`, `ten at most`, `newest 15 lines`, `longest 25`,
 * `sorted by duration`. Ranking by a noun ("tenants with the fewest sessions") is read by `readRanking`.
 */
export function readOrder(reading: Reading): void {
  const { question } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    if (!isFree(question, start)) continue
    readFirstWord(reading, start)
    readSorted(reading, start)
    readTop(reading, start)
    readNumberedSuperlative(reading, start)
    readRecordSuperlative(reading, start)
    readLimit(reading, start)
  }
}

function setOrder(reading: Reading, order: DraftOrder): void {
  reading.draft.order ??= order
}

function setLimit(reading: Reading, limit: number): void {
  if (Number.isInteger(limit) && limit > 0) reading.draft.limit ??= limit
}

/** `oldest first`, `heaviest first`, `lowest one first`; `latest ones on top`. */
function readFirstWord(reading: Reading, start: number): void {
  const { question } = reading
  const match = SUPERLATIVES.match(question.tokens, start)
  if (match === null || !isFree(question, start)) return
  const at = ['one', 'ones', 'value', 'values', 'counts', 'number'].includes(
    lower(question.tokens, match.end),
  )
    ? match.end + 1
    : match.end
  const isOnTop =
    ['on', 'at'].includes(lower(question.tokens, at)) && /^(top|the)$/.test(lower(question.tokens, at + 1))
  if (lower(question.tokens, at) !== 'first' && !isOnTop) return
  const end = isOnTop ? (lower(question.tokens, at + 1) === 'the' ? at + 3 : at + 2) : at + 1
  setOrder(reading, orderOf(reading, match.value))
  claim(question, start, end, 'order')
}

function orderOf(reading: Reading, superlative: Superlative): DraftOrder {
  const { direction, by } = superlative
  if (by === 'time') return { by: 'timestamp', direction }
  if (by === 'rank' || by === 'count') return { by: 'rank', field: null, direction }
  return { by: 'rank', field: findByConcept(reading.index.fields, by, isNumeric), direction }
}

/** `sorted by duration`, `order by count desc`, `in descending order`, `in chronological order`, `ranked by errors`. */
function readSorted(reading: Reading, start: number): void {
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

/** `top 15`, `bottom five`, `top ten`; `top services` without a number ranks all of them. */
function readTop(reading: Reading, start: number): void {
  const { question } = reading
  const word = lower(question.tokens, start)
  if ((word !== 'top' && word !== 'bottom') || !isFree(question, start)) return
  const amount = readAmount(question.tokens, start + 1)
  const direction = word === 'top' ? 'desc' : 'asc'
  if (amount === null) {
    const named = readField(reading, start + 1, (field) => isDimension(field) && field.type !== 'boolean')
    const isRanked = named !== null || readSeverity(reading, start + 1) !== null
    if (!isRanked) return
    setOrder(reading, { by: 'rank', field: null, direction })
    if (named?.isPlural === false) setLimit(reading, 1)
    claim(question, start, start + 1, 'order')
    return
  }
  setLimit(reading, amount.value)
  claim(question, start, amount.end, 'limit')
  // "top 10 slowest": the adjective says by what.
  const adjective = SUPERLATIVES.match(question.tokens, amount.end)
  if (adjective !== null && adjective.value.by !== 'rank') {
    readAdjective(reading, adjective.value, amount.end, adjective.end)
  }
  reading.draft.order ??= { by: 'rank', field: null, direction }
}

/** `newest 15`, `longest 25`, `10 slowest`, `the five most recent`, `last 20 lines`. */
function readNumberedSuperlative(reading: Reading, start: number): void {
  const { question } = reading
  const { tokens } = question
  const first = SUPERLATIVES.match(tokens, start)
  const amountAfter = first === null ? null : readCount(tokens, first.end)
  if (
    first !== null &&
    amountAfter !== null &&
    areFree(question, start, amountAfter.end) &&
    first.value.by !== 'rank'
  ) {
    setLimit(reading, amountAfter.value)
    readAdjective(reading, first.value, start, first.end)
    claim(question, first.end, amountAfter.end, 'limit')
    return
  }
  const amount = readCount(tokens, start)
  const second = amount === null ? null : SUPERLATIVES.match(tokens, amount.end)
  if (
    amount !== null &&
    second !== null &&
    areFree(question, start, second.end) &&
    second.value.by !== 'rank'
  ) {
    setLimit(reading, amount.value)
    claim(question, start, amount.end, 'limit')
    readAdjective(reading, second.value, amount.end, second.end)
  }
}

/** A number that counts things: no unit behind it. */
function readCount(tokens: readonly Token[], at: number) {
  const amount = readAmount(tokens, at)
  return amount !== null && Number.isInteger(amount.value) && readQuantity(tokens, at) === null
    ? amount
    : null
}

/** An adjective before a noun: of records it orders them, of a dimension ("slowest endpoints") it ranks its values. */
function readAdjective(reading: Reading, superlative: Superlative, start: number, end: number): void {
  const { question } = reading
  claim(question, start, end, 'order')
  const amount = readCount(question.tokens, end)
  const noun = amount === null ? end : amount.end
  const dimension = rankedDimension(reading, noun)
  if (dimension === null) {
    const about = superlative.by === 'size' ? numberAbout(reading, lower(question.tokens, noun)) : null
    setOrder(
      reading,
      about === null
        ? rowOrder(reading, superlative)
        : { by: 'rank', field: about, direction: superlative.direction },
    )
    return
  }
  setOrder(reading, { by: 'rank', field: null, direction: superlative.direction })
  if (superlative.by === 'time') return
  const field = superlative.by === 'count' ? null : rowField(reading, superlative)
  const measure =
    field === null
      ? ({ kind: 'count' } as const)
      : ({ kind: 'statistic', name: superlative.by === 'duration' ? 'avg' : 'sum', field } as const)
  if (superlative.by !== 'rank') reading.draft.measures.push({ measure, start, end, said: '' })
}

/** The dimension a ranking adjective is about, null for records ("slowest requests"). */
function rankedDimension(reading: Reading, at: number): Field | null {
  if (
    RECORD_NOUNS.has(lower(reading.question.tokens, at)) &&
    lower(reading.question.tokens, at + 1) !== 'types'
  ) {
    const mention = readField(reading, at, isDimension)
    if (mention === null || mention.field.nameWords.includes('id') || mention.end === at + 1) {
      return mention !== null && isOfConcept(mention.field, 'operation') ? mention.field : null
    }
  }
  const mention = readField(reading, at, (field) => isDimension(field) && field.type !== 'number')
  // "the biggest orders" are records of an event, not ids.
  const isEvent =
    mention?.field.nameWords.includes('id') === true &&
    numberAbout(reading, lower(reading.question.tokens, at)) !== null
  return isEvent ? null : (mention?.field ?? null)
}

function rowField(reading: Reading, superlative: Superlative): Field | null {
  if (superlative.by === 'time' || superlative.by === 'rank' || superlative.by === 'count') return null
  return findByConcept(reading.index.fields, superlative.by, isNumeric)
}

function rowOrder(reading: Reading, superlative: Superlative): DraftOrder {
  if (superlative.by === 'time') return { by: 'timestamp', direction: superlative.direction }
  return { by: 'rank', field: rowField(reading, superlative), direction: superlative.direction }
}

/** `slowest requests`, `the latest error`, `most recent deployments`: an adjective right before what it orders. */
function readRecordSuperlative(reading: Reading, start: number): void {
  const { question } = reading
  const match = SUPERLATIVES.match(question.tokens, start)
  if (match === null || !areFree(question, start, match.end) || match.value.by === 'rank') return
  if (isMeasuredExtreme(question, start, match.end)) return
  const noun = lower(question.tokens, match.end)
  if (noun === 'and' || noun === ',' || noun === 'or') return
  const isRecord = RECORD_NOUNS.has(noun) || match.value.by === 'time' || match.value.by === 'count'
  const isDimensional = rankedDimension(reading, match.end) !== null
  if (!isRecord && !isDimensional) return
  readAdjective(reading, match.value, start, match.end)
  const isSingular = /^(time|count)$/.test(match.value.by) && noun !== '' && !noun.endsWith('s')
  if (isSingular && question.tokens[match.end]?.kind === 'word') setLimit(reading, 1)
}

/** "biggest single order per country" is a measure of each group, not an order. */
function isMeasuredExtreme(question: Question, start: number, end: number): boolean {
  if (
    ['newest', 'latest', 'oldest', 'earliest', 'recent', 'most', 'least', 'busiest', 'noisiest'].includes(
      lower(question.tokens, start),
    )
  )
    return false
  return question.tokens
    .slice(end)
    .some(
      (token, offset) =>
        ['per', 'by', 'each', 'every'].includes(token.lower) && isFree(question, end + offset),
    )
}

const LIMIT_OPENERS = createPhraseTable([
  [
    true,
    'limit, limit to, limited to, first, only the first, at most, up to, no more than, maximum, ' +
      'max, a maximum of, not more than, only, just, just the first, last, sample of, a sample of, ' +
      'show, show me, give me, list, get, get me, find',
  ],
])
const ROW_NOUNS = wordSet(
  'rows results records entries examples samples lines items matches hits row result example',
  'sample logs spans messages events of',
)

/** `limit 20`, `ten at most`, `up to 50 rows`, `first 10 errors`, `show me 20 errors`, `last 50 lines`. */
function readLimit(reading: Reading, start: number): void {
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
  const isStatus = count >= 400 && count <= 599 && /^(errors?|responses?)$/.test(token?.lower ?? '')
  return token !== undefined && token.kind !== 'symbol' && !isStatus
}
