import { readFieldThenValue } from '../conditions/read-values'
import type { Reading } from '../draft'
import { type Field, isNumeric } from '../link/field'
import { toStems } from '../link/field-phrases'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { readAggregator } from '../measures/aggregators'
import { measureOfNoun } from '../measures/measure-of-noun'
import { createPhraseTable } from '../phrase-table'
import { areFree, claim, isFree } from '../question'
import { wordSet } from '../word-set'

const GROUPERS = createPhraseTable<'group' | 'by'>([
  [
    'group',
    'per, for each, for every, each, every, in each, in every, on each, by each, by every, ' +
      'of each, of every, from each, at each',
  ],
  [
    'group',
    'grouped by, group by, grouping by, split by, splitting by, split per, split up by, ' +
      'broken down by, break down by, break it down by, breakdown by, broken out by, segmented by, ' +
      'sliced by, slice by, bucketed by, partitioned by, aggregated by, aggregate by, ' +
      'organised by, organized by, grouped per, group them by, group it by, group that by, ' +
      'group those by, split it by, split them by, split that by, break them down by, ' +
      'break that down by, separated by, divided up by, keyed by, grouped on, rolled up by, ' +
      'roll up by',
  ],
  ['group', 'distribution of, breakdown of, split of, the breakdown of, the distribution of, histogram of'],
  ['group', 'across, across all, across each, across the, across different'],
  ['by', 'by, and by, then by, as well as by'],
])

/** `per table`, `grouped by service and region`, `in each service`; "by tenant hooli" is a condition instead. */
export function readGrouping(reading: Reading): void {
  const { question } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    const grouper = isFree(question, start) ? GROUPERS.match(question.tokens, start) : null
    if (grouper === null || !areFree(question, start, grouper.end)) continue
    // "time and amount of every order" shows records, one by one.
    const isEach = question.tokens
      .slice(start, grouper.end)
      .some((token) => /^(each|every)$/.test(token.lower))
    if (isEach && reading.draft.projection.length > 0) continue
    readKeys(reading, start, grouper.end)
  }
}

function readKeys(reading: Reading, start: number, from: number): void {
  const { question, draft } = reading
  let at = skipDeterminers(reading, from)
  let end = start
  for (;;) {
    const field = readKey(reading, at)
    if (field === null) break
    draft.groupKeys.push({ key: { kind: 'field', field: field.field }, start: at })
    end = field.end
    const next = afterJoint(reading, end)
    if (next === null) break
    at = skipDeterminers(reading, next)
  }
  if (end > start) claim(question, start, end, 'group')
  else if (question.tokens.slice(start, at).some(({ lower: word }) => word === 'distribution'))
    readSpread(reading, start, at)
  else if (question.tokens[start]?.lower === 'by') readRankKey(reading, start, at)
}

const SPREAD = [0.5, 0.9, 0.99]

/** `the distribution of latency`: of a number that is measured, its percentiles. */
function readSpread(reading: Reading, start: number, at: number): void {
  const mention = readField(reading, at, isNumeric)
  if (mention === null) return
  const { field, end } = mention
  const placed = { start, end, said: '' }
  for (const rank of SPREAD)
    reading.draft.measures.push({ measure: { kind: 'percentile', rank, field }, ...placed })
  claim(reading.question, start, end, 'measure')
}

const DETERMINERS = wordSet(
  'the each every their its individual single distinct unique different all respective by per',
)
/** "by each of the" has few of them; a row of hundreds is no phrase, and is not walked again from each word. */
const DETERMINERS_MAX = 6

function skipDeterminers(reading: Reading, from: number): number {
  let at = from
  while (at < from + DETERMINERS_MAX && DETERMINERS.has(lower(reading.question.tokens, at))) at += 1
  return at
}

/** A field that is not followed by a value of its own. */
function readKey(reading: Reading, at: number): { field: Field; end: number } | null {
  const mention = readField(
    reading,
    at,
    (field) => field.type !== 'timestamp' && !(isNumeric(field) && field.unit !== null),
  )
  if (mention === null) return readKindOf(reading, at)
  return readFieldThenValue(reading, at) === null ? { field: mention.field, end: mention.end } : null
}

const KIND_REACH = 4

/** "errors by type", "exceptions by class": the kind of what was named before. */
function readKindOf(reading: Reading, at: number): { field: Field; end: number } | null {
  const { tokens } = reading.question
  if (
    !/^(types?|kinds?|class(es)?|names?|codes?|categor(y|ies)|status(es)?)$/.test(lower(tokens, at)) ||
    !isFree(reading.question, at)
  )
    return null
  for (let before = at - 2; before >= Math.max(0, at - 2 - KIND_REACH); before -= 1) {
    const noun = tokens[before]
    if (noun === undefined || noun.kind !== 'word') continue
    const found = reading.index.names.get(toStems([noun.lower, lower(tokens, at)]))?.[0]
    if (found !== undefined) return { field: found.field, end: at + 1 }
  }
  const { subject } = reading.draft
  return subject === null ? null : { field: subject.field, end: at + 1 }
}

function afterJoint(reading: Reading, at: number): number | null {
  const { tokens } = reading.question
  let next = at
  if (lower(tokens, next) === ',') next += 1
  if (['and', '&', '/', 'then', 'plus', 'x'].includes(lower(tokens, next))) next += 1
  if (next === at) return null
  // "per table, last 2 hours" ends here; what follows must be another key right away.
  return isFree(reading.question, next) || lower(tokens, next) === 'by' ? next : null
}

/** `top services by errors`, `hosts by p95 latency`: "by" names what ranks them. */
function readRankKey(reading: Reading, start: number, at: number): void {
  const { question, draft } = reading
  if (draft.subject === null) return
  const aggregator = readAggregator(question.tokens, start + 1)
  if (aggregator === null) {
    const noun = measureOfNoun(reading, at, 'by')
    if (noun === null) return
    const placed = { measure: noun.measure, start, end: noun.end, said: noun.said }
    draft.measures.push(placed)
    claim(question, start, noun.end, 'measure')
  }
  claim(question, start, start + 1, 'order')
  draft.order ??= { by: 'rank', field: null, direction: 'desc' }
}
