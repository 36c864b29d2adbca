import { readCondition } from '../conditions/read-condition'
import { readSeverity } from '../conditions/read-severity'
import type { DraftOrder, Reading } from '../draft'
import type { SortDirection } from '../intermediate'
import { RECORD_NOUNS } from '../lexicon/words'
import { type Field, findByConcept, isDimension, isNumeric, isOfConcept } from '../link/field'
import { isPluralWord, readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { readAggregator } from '../measures/aggregators'
import { numberAbout } from '../measures/number-about'
import { readAmount } from '../quantity'
import { areFree, claim, isFree } from '../question'
import { wordSet } from '../word-set'
import { readCount, readLimit } from './read-limit'
import { readSorted } from './read-sorted'
import { setLimit, setOrder } from './set-order'
import { SUPERLATIVES, type Superlative } from './superlatives'

/**
 * Order and limit said outright: `oldest first`, `top 15`, `ten at most`, `newest 15 lines`, `longest 25`,
 * `sorted by duration`. Ranking by a noun ("tenants with the fewest sessions") is read by `readRanking`.
 */
export function readOrder(reading: Reading): void {
  const { question } = reading
  // "slowest paths by p95" ranks by what stands behind "by".
  const isGrouper = (at: number) =>
    GROUPERS.has(lower(question.tokens, at)) && readAggregator(question.tokens, at + 1) === null
  const groupers = question.tokens.flatMap(({ index }) => (isGrouper(index) ? [index] : []))
  for (let start = 0; start < question.tokens.length; start += 1) {
    if (!isFree(question, start)) continue
    readFirstWord(reading, start)
    readFirstOrLast(reading, start)
    readSorted(reading, start)
    readTop(reading, start)
    readNumberedSuperlative(reading, start)
    readRecordSuperlative(reading, start, groupers)
    readPredicateSuperlative(reading, start)
    readLimit(reading, start)
  }
}

/** `oldest first`, `heaviest first`, `lowest one first`; `latest ones on top`. */
function readFirstWord(reading: Reading, start: number): void {
  const { question } = reading
  const match = SUPERLATIVES.match(question.tokens, start)
  if (match === null || !isFree(question, start)) return
  const noun = lower(question.tokens, match.end)
  const isPassed =
    ['one', 'ones', 'value', 'values', 'counts', 'number'].includes(noun) || RECORD_NOUNS.has(noun)
  const at = isPassed ? match.end + 1 : match.end
  const isOnTop =
    ['on', 'at'].includes(lower(question.tokens, at)) && /^(top|the)$/.test(lower(question.tokens, at + 1))
  if (lower(question.tokens, at) !== 'first' && !isOnTop) return
  const end = isOnTop ? (lower(question.tokens, at + 1) === 'the' ? at + 3 : at + 2) : at + 1
  setOrder(reading, orderOf(reading, match.value))
  claim(question, start, end, 'order')
}

/** `the first error of today`, `last login of each user`: one record by its time. */
function readFirstOrLast(reading: Reading, start: number): void {
  const { question } = reading
  const direction = { first: 'asc', last: 'desc' }[lower(question.tokens, start)] as SortDirection | undefined
  const noun = lower(question.tokens, start + 1)
  if (direction === undefined || !areFree(question, start, start + 2)) return
  if (isPluralNoun(reading, start + 1, noun) || isOfOther(reading, start)) return
  if (!RECORD_NOUNS.has(noun) && !isOneOfCondition(reading, start + 1)) return
  setOrder(reading, { by: 'timestamp', direction })
  setLimit(reading, 1)
  claim(question, start, start + 1, 'order')
}

/** "users whose last login failed", "average first response time". */
function isOfOther({ question }: Reading, start: number): boolean {
  const before = lower(question.tokens, start - 1)
  return before === 'whose' || (start > 0 && readAggregator(question.tokens, start - 1) !== null)
}

/** "error", "geofence alarm": conditions that say what the record is, up to a noun in the singular. */
function isOneOfCondition(reading: Reading, from: number): boolean {
  const { tokens } = reading.question
  let at = from
  for (let found = readCondition(reading, at); found !== null; found = readCondition(reading, at)) {
    if (isPluralWord(lower(tokens, found.end - 1))) return false
    at = found.end
  }
  return at > from && !isPluralWord(lower(tokens, at))
}

function orderOf(reading: Reading, superlative: Superlative): DraftOrder {
  const { direction, by } = superlative
  if (by === 'time') return { by: 'timestamp', direction }
  if (by === 'rank' || by === 'count') return { by: 'rank', field: null, direction }
  return { by: 'rank', field: findByConcept(reading.index.fields, by, isNumeric), direction }
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
  rankDimension(reading, superlative, start, end)
}

/** Values of a dimension are ranked by what the adjective says of their records. */
function rankDimension(reading: Reading, superlative: Superlative, start: number, end: number): void {
  setOrder(reading, { by: 'rank', field: null, direction: superlative.direction })
  if (superlative.by === 'time') return
  const field = superlative.by === 'count' ? null : rowField(reading, superlative)
  const measure =
    field === null
      ? ({ kind: 'count' } as const)
      : ({ kind: 'statistic', name: superlative.by === 'duration' ? 'avg' : 'sum', field } as const)
  if (superlative.by !== 'rank')
    reading.draft.measures.push({ measure, start, end, said: '', isImplied: true })
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
function readRecordSuperlative(reading: Reading, start: number, groupers: readonly number[]): void {
  const { question } = reading
  const match = SUPERLATIVES.match(question.tokens, start)
  if (match === null || !areFree(question, start, match.end) || match.value.by === 'rank') return
  if (isMeasuredExtreme(reading, start, match.end, groupers)) return
  const noun = lower(question.tokens, match.end)
  if (noun === 'and' || noun === ',' || noun === 'or') return
  const isRecord = RECORD_NOUNS.has(noun) || match.value.by === 'time' || match.value.by === 'count'
  const isDimensional = rankedDimension(reading, match.end) !== null
  // "most expensive orders": events that have a number of their own, and not the greatest of them.
  const isEvents = isPluralWord(noun) && numberAbout(reading, noun) !== null
  if (!isRecord && !isDimensional && !isEvents) return
  readAdjective(reading, match.value, start, match.end)
  const isSingular = noun !== '' && !isPluralNoun(reading, match.end, noun)
  if (isSingular && question.tokens[match.end]?.kind === 'word') setLimit(reading, 1)
}

/** `which service is slowest`: what ranks the subject stands behind it. */
function readPredicateSuperlative(reading: Reading, start: number): void {
  const { question } = reading
  const match = /^(is|are|was|were)$/.test(lower(question.tokens, start - 1))
    ? SUPERLATIVES.match(question.tokens, start)
    : null
  const next = match === null ? undefined : question.tokens[match.end]
  const endsHere =
    next === undefined ||
    next.kind === 'symbol' ||
    !isFree(question, next.index) ||
    /^(in|on|for|of|by|over|at)$/.test(next.lower)
  if (match === null || match.value.by === 'rank' || match.value.by === 'time' || !endsHere) return
  const dimension = readField(reading, start - 2, isDimension)
  if (dimension === null || dimension.end !== start - 1) return
  rankDimension(reading, match.value, start, match.end)
  if (!dimension.isPlural) setLimit(reading, 1)
  claim(question, start, match.end, 'order')
}

/** "most common error types", "slowest database operations": as many as the last word says. */
function isPluralNoun(reading: Reading, at: number, noun: string): boolean {
  const { tokens } = reading.question
  if (noun.endsWith('s') || readField(reading, at, isDimension)?.isPlural === true) return true
  for (let next = at + 1; next < at + NOUN_WORDS_MAX && tokens[next]?.kind === 'word'; next += 1) {
    if (!isFree(reading.question, next) || FILLERS_BEHIND.test(lower(tokens, next))) return false
    if (isPluralWord(lower(tokens, next))) return true
  }
  return false
}

const NOUN_WORDS_MAX = 4
const FILLERS_BEHIND =
  /^(of|in|on|for|from|by|per|with|at|to|and|or|that|which|who|over|since|is|was|each|every|where|today)$/

/** "biggest single order per country" is a measure of each group, not an order. */
function isMeasuredExtreme(
  reading: Reading,
  start: number,
  end: number,
  groupers: readonly number[],
): boolean {
  const { question, draft } = reading
  if (
    ['newest', 'latest', 'oldest', 'earliest', 'recent', 'most', 'least', 'busiest', 'noisiest'].includes(
      lower(question.tokens, start),
    )
  )
    return false
  const free = groupers.filter((at) => isFree(question, at))
  if (free.some((at) => at >= end)) return true
  // "every 5 minutes the longest span", but "slowest endpoints per hour" are ranked.
  const isOfRecords = RECORD_NOUNS.has(lower(question.tokens, end)) && rankedDimension(reading, end) === null
  return isOfRecords && (draft.groupKeys.length > 0 || free.length > 0)
}

const GROUPERS = wordSet('per by each every')
