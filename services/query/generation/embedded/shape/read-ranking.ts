import type { PlacedMeasure, Reading } from '../draft'
import type { SortDirection } from '../intermediate'
import { isDimension } from '../link/field'
import { isPluralWord, readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { readAggregator } from '../measures/aggregators'
import { measureOfNoun, type NounUse } from '../measures/measure-of-noun'
import { createPhraseTable } from '../phrase-table'
import { areFree, claim, isFree } from '../question'

const EXTREMES = createPhraseTable<{ readonly direction: SortDirection; readonly use: NounUse }>([
  [
    { direction: 'desc', use: 'most' },
    'most, the most, most of the, the largest number of, the highest number of, ' +
      'the greatest number of, the highest count of, largest number of, highest number of, ' +
      'biggest number of, the biggest number of, highest count of, largest count of',
  ],
  [
    { direction: 'asc', use: 'most' },
    'fewest, least, the fewest, the least, the lowest number of, lowest number of, ' +
      'smallest number of, the smallest number of, lowest count of',
  ],
  [
    { direction: 'desc', use: 'highest' },
    'highest, the highest, largest, the largest, biggest, the biggest, greatest, the greatest, ' +
      'worst, the worst, longest, the longest',
  ],
  [
    { direction: 'asc', use: 'lowest' },
    'lowest, the lowest, smallest, the smallest, best, the best, shortest, the shortest',
  ],
])

/**
 * What ranks the subject: `with the fewest sessions`, `had the most errors`, `with the highest p95 latency`.
 * "Which service …" in the singular asks for one.
 */
export function readRanking(reading: Reading): void {
  const { question, draft } = reading
  if (draft.subject === null && draft.groupKeys.length === 0) return
  for (let start = 0; start < question.tokens.length; start += 1) {
    const extreme = isFree(question, start) ? EXTREMES.match(question.tokens, start) : null
    // "at least 30" and "at most 5" compare.
    const isCompared = lower(question.tokens, start - 1) === 'at'
    if (extreme === null || isCompared || !areFree(question, start, extreme.end)) continue
    // "lowest memory every half hour" measures; only a subject is ranked by its highest or lowest.
    if (draft.subject === null && extreme.value.use !== 'most' && !isOneBucket(reading)) continue
    if (!readExtreme(reading, start, extreme.end, extreme.value)) continue
    const isOne = draft.subject?.isAsked === true && !isPlural(reading, draft.subject.end - 1)
    if (isOne || isOneBucket(reading)) draft.limit ??= 1
    return
  }
}

/** "which hour had the most errors": the time steps are the subject. */
function isOneBucket({ question }: Reading): boolean {
  const at = question.claims.indexOf('bucket')
  return /^(which|what)$/.test(lower(question.tokens, at)) && !lower(question.tokens, at + 1).endsWith('s')
}

function isPlural(reading: Reading, at: number): boolean {
  return isPluralWord(lower(reading.question.tokens, at))
}

function readExtreme(
  reading: Reading,
  start: number,
  end: number,
  extreme: { direction: SortDirection; use: NounUse },
): boolean {
  const { question, draft } = reading
  const order = { by: 'rank' as const, field: null, direction: extreme.direction }
  const aggregator = readAggregator(question.tokens, end)
  if (aggregator !== null || isShare(reading, end)) {
    draft.order ??= order
    claim(question, start, end, 'order')
    return true
  }
  const noun = measureOfNoun(reading, end, extreme.use)
  if (noun === null) return isVerb(reading, start, end, order.direction)
  const placed = { measure: noun.measure, start, end: noun.end, said: noun.said }
  draft.measures.push(placed)
  draft.order ??= { by: 'placed', measure: placed, direction: extreme.direction }
  claim(question, start, noun.end, 'measure')
  return true
}

const SHARE_REACH = 4

/** "highest error rate": the share is read on its own. */
function isShare(reading: Reading, at: number): boolean {
  const { tokens } = reading.question
  for (let index = at; index < at + SHARE_REACH; index += 1) {
    if (/^(rate|ratio|percentage|percent|share|fraction|proportion)$/.test(lower(tokens, index))) return true
  }
  return false
}

/** "which users failed most": a subject and nothing else to count by. */
function isVerb(reading: Reading, start: number, end: number, direction: SortDirection): boolean {
  const { draft, question } = reading
  if (/^(highest|largest|biggest|longest|shortest|smallest)$/.test(lower(question.tokens, end - 1)))
    return false
  if (draft.subject === null || readField(reading, end, isDimension) !== null) return false
  const number = numberBefore(reading, start)
  if (number !== null) draft.measures.push(number)
  draft.order ??= { by: 'rank', field: null, direction }
  claim(question, number?.start ?? start, end, 'order')
  return true
}

/** "which plan spends the most": a verb that names a number. */
function numberBefore(reading: Reading, at: number): PlacedMeasure | null {
  const mention = at > 0 ? readField(reading, at - 1, (field) => field.type === 'number') : null
  const noun = mention?.end === at ? measureOfNoun(reading, at - 1, 'most') : null
  if (noun === null || noun.measure.kind !== 'statistic') return null
  return { measure: noun.measure, start: at - 1, end: at, said: '' }
}
