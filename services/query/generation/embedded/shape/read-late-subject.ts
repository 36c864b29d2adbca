import type { Reading } from '../draft'
import { FILLERS, QUERY_VERBS, RECORD_NOUNS } from '../lexicon/words'
import { isIdentity } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { measureOfNoun } from '../measures/measure-of-noun'
import { claim, isFree } from '../question'
import { wordSet } from '../word-set'

const PREPOSITION = /^(for|of|from|with|in|on|by|to|at|where|when|that|which|who|whose|without|and|or)$/

const LISTS = wordSet('list names set overview')

/**
 * The noun behind the adjectives, when all of them were conditions: "mobile users per country", "enterprise
 * tenants with errors". And a number that is grouped without saying how: "memory usage by pod" is averaged.
 */
export function readLateSubject(reading: Reading): void {
  const { draft, question } = reading
  if (
    draft.subject !== null ||
    draft.measures.length > 0 ||
    draft.share !== null ||
    draft.projection.length > 0
  )
    return
  for (let at = 0; at < question.tokens.length; at += 1) {
    const word = lower(question.tokens, at)
    if (isFree(question, at) && (readEntity(reading, at) || readNumber(reading, at))) return
    // "list of failing jobs".
    if (word === 'of' && LISTS.has(lower(question.tokens, at - 1))) continue
    const isPassed = question.claims[at] !== null || FILLERS.has(word) || QUERY_VERBS.has(word)
    if (!isPassed || (PREPOSITION.test(word) && question.claims[at] === null) || isHead(reading, at)) return
  }
}

/** A severity or an event is what the question is about; a noun behind it is not. */
function isHead(reading: Reading, at: number): boolean {
  return reading.draft.conditions.some(({ condition, start, end }) => {
    const covers = start <= at && at < end
    return (
      covers &&
      (condition.kind === 'severity' ||
        ('field' in condition && condition.field?.concepts.has('event') === true))
    )
  })
}

function readEntity(reading: Reading, at: number): boolean {
  const { question, draft } = reading
  const mention = readField(reading, at, isIdentity)
  if (mention === null || !mention.isPlural || RECORD_NOUNS.has(lower(question.tokens, at))) return false
  draft.subject = { field: mention.field, start: mention.start, end: mention.end, isAsked: true }
  claim(question, mention.start, mention.end, 'subject')
  return true
}

/** `memory usage by pod`, `cpu and memory by pod`: numbers that something groups are taken together as fits them. */
function readNumber(reading: Reading, at: number): boolean {
  const { question, draft } = reading
  const isGrouped =
    draft.groupKeys.length > 0 ||
    draft.isComparison ||
    draft.conditions.some(({ isComparison }) => isComparison)
  const mention = isGrouped ? readField(reading, at, (field) => field.type === 'number') : null
  if (mention === null || RECORD_NOUNS.has(lower(question.tokens, at))) return false
  const noun = measureOfNoun(reading, at, 'by')
  if (noun === null || noun.measure.kind !== 'statistic') return false
  const end = /^(usage|use|utilisation|utilization|consumption)$/.test(lower(question.tokens, noun.end))
    ? noun.end + 1
    : noun.end
  draft.measures.push({ measure: noun.measure, start: at, end, said: '' })
  claim(question, at, end, 'measure')
  const isListed = ['and', ',', '&'].includes(lower(question.tokens, end)) && isFree(question, end + 1)
  if (isListed) readNumber(reading, end + 1)
  return true
}
