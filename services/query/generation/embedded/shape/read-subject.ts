import { readStatus } from '../conditions/read-status'
import { readFieldThenValue } from '../conditions/read-values'
import type { Reading } from '../draft'
import { FILLERS, QUERY_VERBS, RECORD_NOUNS } from '../lexicon/words'
import { isDimension, isOfConcept } from '../link/field'
import { type FieldMention, readField, readValue } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { readAggregator } from '../measures/aggregators'
import { isGrouped } from '../measures/is-grouped'
import { isException } from '../measures/measure-of-noun'
import { isShareWord } from '../measures/read-share'
import { createPhraseTable } from '../phrase-table'
import { readAmount, readQuantity } from '../quantity'
import { claim, isFree } from '../question'
import { wordSet } from '../word-set'

const ASKING = wordSet('which what list who where whose enumerate name')

/**
 * The field the question is about: `pods using …`, `which hosts …`, `five tenants with …`, `list the countries`.
 * It opens the question, in the plural or after "which"; a value or an event of the same words takes precedence.
 */
export function readSubject(reading: Reading): void {
  const { question, draft } = reading
  const opening = readOpening(reading)
  const mention = readField(reading, opening.at, isDimension)
  if (mention === null || !isSubject(reading, mention, opening)) return
  if (opening.limit !== null) draft.limit ??= opening.limit
  draft.subject = { field: mention.field, start: mention.start, end: mention.end, isAsked: opening.isAsked }
  claim(question, opening.from, mention.end, 'subject')
  readSecond(reading, mention)
}

interface Opening {
  /** Where the noun stands. */
  readonly at: number
  /** From where the words before it belong to it. */
  readonly from: number
  readonly isAsked: boolean
  /** The word that asks; -1 without one. */
  readonly askedAt: number
  readonly limit: number | null
}

/** Skips what may stand before the noun: verbs, articles, a number, and what has been claimed already. */
function readOpening(reading: Reading): Opening {
  const { question } = reading
  let at = afterHeading(reading)
  let askedAt = -1
  let limit: number | null = null
  let from: number | null = null
  while (at < question.tokens.length) {
    const word = lower(question.tokens, at)
    const claimed = question.claims[at]
    const isAsked = askedAt >= 0
    if (claimed === null && isMeasured(reading, at, isAsked))
      return { at: question.tokens.length, from: at, isAsked, askedAt, limit }
    const isCount =
      claimed === null && readQuantity(question.tokens, at) === null && readStatus(reading, at) === null
    const amount = isCount ? readAmount(question.tokens, at) : null
    if (ASKING.has(word)) askedAt = at
    if (word === 'who') return { at, from: at, isAsked: true, askedAt, limit }
    if (claimed === null && endsOpening(reading, at)) break
    const isSkipped =
      claimed === 'order' ||
      claimed === 'limit' ||
      claimed === 'time' ||
      claimed === 'bucket' ||
      word === ',' ||
      FILLERS.has(word) ||
      QUERY_VERBS.has(word) ||
      ASKING.has(word) ||
      /^slow/.test(word)
    if (amount !== null && claimed === null && !isSkipped) {
      limit = amount.value
      from ??= at
      at = amount.end
    } else if (isSkipped && !isDoubtful(reading, at)) at += 1
    else break
  }
  return { at, from: from ?? at, isAsked: askedAt >= 0, askedAt, limit }
}

const HEADING_WORDS_MAX = 5

/** Where the question begins behind a heading such as "brute force attempts: …". */
function afterHeading(reading: Reading): number {
  const colon = reading.question.tokens.findIndex(({ text }) => text === ':')
  return colon > 0 &&
    colon <= HEADING_WORDS_MAX &&
    readField(reading, colon + 1, isDimension)?.isPlural === true
    ? colon + 1
    : 0
}

const OPENING_ENDS = wordSet('on in from with at to by between during over where when that who whose')
const LISTING_NOUNS = wordSet('list names name set all any each kinds types which one overview most those me')

/** A preposition ends what the question is about: "queries on the orders table" is not about orders. */
function endsOpening(reading: Reading, at: number): boolean {
  const { tokens } = reading.question
  const word = lower(tokens, at)
  const before = lower(tokens, at - 1)
  // "I'd like to see which tenants …".
  if (word === 'to' && QUERY_VERBS.has(lower(tokens, at + 1))) return false
  if (OPENING_ENDS.has(word)) return at > 0 || word !== 'who'
  if (word === 'of') return !LISTING_NOUNS.has(before)
  return word === 'for' && !QUERY_VERBS.has(before)
}

/**
 * "number of tenants" and "average latency" open with what is measured; "which distinct tenants" still lists, unless
 * something groups.
 */
function isMeasured({ question }: Reading, at: number, isAsked: boolean): boolean {
  const found = readAggregator(question.tokens, at)
  return found !== null && !(isAsked && found.aggregator.kind === 'distinct' && !isGrouped(question))
}

/** "events", "requests": little words here, but fields when the catalogue has them and the question asks for them. */
function isDoubtful(reading: Reading, at: number): boolean {
  const { question } = reading
  const mention = isFree(question, at) ? readField(reading, at, isDimension) : null
  if (mention === null || !ASKING.has(lower(question.tokens, at - 1)))
    return mention !== null && mention.end - mention.start > 1
  return !mention.field.nameWords.includes('id') || !RECORD_NOUNS.has(lower(question.tokens, at))
}

function isSubject(reading: Reading, mention: FieldMention, opening: Opening): boolean {
  const { tokens } = reading.question
  const word = lower(tokens, mention.start)
  // "what is the cache hit ratio".
  if (isShareWord(reading, mention.end)) return false
  if ((mention.field.isFreeText || isException(word)) && !opening.isAsked) return false
  if (RECORD_NOUNS.has(word) && mention.end === mention.start + 1 && mention.field.nameWords.includes('id'))
    return false
  const value = readValue(reading, mention.start)
  // "users who logged in" are users, whatever a message says of one.
  const isSentence = value?.field.isFreeText === true && mention.isPlural
  const isValue =
    value !== null &&
    !isSentence &&
    (value.end > mention.end || (isOfConcept(value.field, 'event') && mention.field.nameWords.includes('id')))
  // "list all orders" are the events, "which orders" their ids.
  const isEnumerated = opening.isAsked && /^(list|enumerate)$/.test(lower(tokens, opening.askedAt))
  if (isValue && (!opening.isAsked || isEnumerated)) return false
  if (readFieldThenValue(reading, mention.start) !== null) return false
  const isSingular = !mention.isPlural && word !== 'who' && word !== 'people'
  // "most common error type".
  const isSuperlative =
    reading.draft.order?.by === 'rank' && reading.question.claims[mention.start - 1] === 'order'
  return (
    opening.isAsked ||
    !isSingular ||
    isSuperlative ||
    opening.limit !== null ||
    RANKED.match(tokens, mention.end) !== null
  )
}

const RANKED = createPhraseTable([
  [true, 'with the most, with the highest, with the fewest, with the lowest, with most, by'],
])

/** `list countries and regions`: a second field listed with the first becomes another key. */
function readSecond(reading: Reading, first: FieldMention): void {
  const { question, draft } = reading
  const isJoined = ['and', '&', ','].includes(lower(question.tokens, first.end))
  const second = isJoined ? readField(reading, first.end + 1, isDimension) : null
  if (second === null || !second.isPlural || readFieldThenValue(reading, second.start) !== null) return
  draft.alsoListed.push(second.field)
  claim(question, first.end, second.end, 'subject')
}
