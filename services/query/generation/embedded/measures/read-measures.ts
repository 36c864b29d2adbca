import { readComparison } from '../conditions/comparators'
import { readSeverity } from '../conditions/read-severity'
import { assume, type PlacedMeasure, type Reading } from '../draft'
import type { Measure } from '../intermediate'
import { RECORD_NOUNS } from '../lexicon/words'
import { type Field, findByConcept, isIdentity, isNumeric, isOfConcept } from '../link/field'
import { readField, readValue } from '../link/mentions'
import type { ValueLink } from '../link/value-index'
import { lowerWord as lower } from '../lower-word'
import { claim, isFree } from '../question'
import { wordSet } from '../word-set'
import { type Aggregator, type FoundAggregator, readAggregator } from './aggregators'
import { isGrouped } from './is-grouped'
import { isException } from './measure-of-noun'
import { numberAbout } from './number-about'

/** Reads every aggregator with what it is about: `mean SQL time`, `largest and smallest retry count`, `how many users`. */
export function readMeasures(reading: Reading): void {
  const { question, draft } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    if (!isFree(question, start) || isInsideField(reading, start)) continue
    const inTotal = readInTotal(reading, start)
    const run = inTotal === null ? readRun(reading, start) : []
    if (inTotal === null && run.length === 0) continue
    for (const { gap, ...placed } of inTotal === null ? measuresOf(reading, run) : [inTotal]) {
      draft.measures.push(placed)
      claim(question, placed.start, gap?.start ?? placed.end, 'measure')
      if (gap !== undefined) claim(question, gap.end, placed.end, 'measure')
    }
  }
}

/** The "count" of "retry count" is a part of a name. */
function isInsideField(reading: Reading, at: number): boolean {
  const mention = at > 0 ? readField(reading, at - 1, isNumeric) : null
  return mention !== null && mention.end > at
}

interface ReadMeasure extends PlacedMeasure {
  /** What stands between the aggregator and its number, and belongs to neither: the "checkout" of "mean checkout latency". */
  readonly gap?: { readonly start: number; readonly end: number }
}

/** `lines in total`, `requests overall`. */
function readInTotal(reading: Reading, start: number): ReadMeasure | null {
  const { tokens } = reading.question
  if (!RECORD_NOUNS.has(lower(tokens, start))) return null
  const isIn = lower(tokens, start + 1) === 'in' && ['total', 'all', 'sum'].includes(lower(tokens, start + 2))
  if (!isIn && !['overall', 'altogether'].includes(lower(tokens, start + 1))) return null
  return { measure: { kind: 'count' }, start, end: start + (isIn ? 3 : 2), said: 'total' }
}

/** Aggregators that share what comes after them: `avg, min and max`, `the 75th and 99.9th percentile`. */
function readRun(reading: Reading, start: number): FoundAggregator[] {
  const { question } = reading
  const run: FoundAggregator[] = []
  let at = start
  for (;;) {
    const found = isFree(question, at) ? readAggregator(question.tokens, at) : null
    if (found === null) return run
    run.push(found)
    at = skipJoints(reading, found.end)
    if (at === found.end && found.aggregator.kind !== 'percentile') return run
  }
}

function skipJoints(reading: Reading, at: number): number {
  let next = at
  while ([',', 'and', '&', '/', 'or', 'plus', 'the'].includes(lower(reading.question.tokens, next))) next += 1
  return next
}

function measuresOf(reading: Reading, run: readonly FoundAggregator[]): ReadMeasure[] {
  const last = run.at(-1) as FoundAggregator
  const start = (run[0] as FoundAggregator).start
  if (run.length === 1 && last.aggregator.kind === 'count') return countMeasure(reading, last)
  if (run.length === 1 && last.aggregator.kind === 'distinct') return distinctMeasure(reading, last)
  const operand = findOperand(reading, run)
  if (operand === null) return withoutOperand(reading, run)
  const gap = operand.start > last.end ? { start: last.end, end: operand.start } : undefined
  const placed = { start, end: Math.max(last.end, operand.end), ...(gap !== undefined && { gap }) }
  const others = operandsBehind(reading, operand.end)
  return [
    ...runOver(run, operand.field, placed),
    ...others.flatMap(({ field, ...at }) => runOver(run, field, at)),
  ]
}

function runOver(
  run: readonly FoundAggregator[],
  field: Field,
  at: Pick<ReadMeasure, 'start' | 'end' | 'gap'>,
): ReadMeasure[] {
  return run.flatMap(({ aggregator, said }) => {
    const measure = measureOver(aggregator, field)
    return measure === null ? [] : [{ measure, said, ...at }]
  })
}

/** The "memory" of "average cpu and memory": more numbers that the same aggregators are about. */
function operandsBehind(reading: Reading, from: number): Operand[] {
  const at = skipJoints(reading, from)
  const mention = at === from ? null : readField(reading, at, isNumeric)
  if (mention === null || readAggregator(reading.question.tokens, at) !== null) return []
  if (isOfConcept(mention.field, 'status') || isCompared(reading, mention.end)) return []
  const operand = skipUsage(reading, mention)
  return [operand, ...operandsBehind(reading, operand.end)]
}

/** "average latency, status >= 500": the field is the beginning of a condition. */
function isCompared(reading: Reading, at: number): boolean {
  const token = reading.question.tokens[at]
  const isOperator = token?.kind === 'symbol' && /[<>=:]/.test(token.text)
  const isValue = token !== undefined && !/^(word|symbol)$/.test(token.kind)
  return (
    isOperator ||
    isValue ||
    (/^(is|was|are|in|not|of)$/.test(token?.lower ?? '') && isFree(reading.question, at)) ||
    readComparison(reading.question.tokens, at) !== null
  )
}

function measureOver(aggregator: Aggregator, field: Field): Measure | null {
  if (aggregator.kind === 'statistic') return { kind: 'statistic', name: aggregator.name, field }
  if (aggregator.kind === 'percentile') return { kind: 'percentile', rank: aggregator.rank, field }
  return aggregator.kind === 'distinct' ? { kind: 'distinct', field } : { kind: 'count' }
}

interface Operand {
  readonly field: Field
  readonly start: number
  readonly end: number
}

const OPERAND_REACH = 6
const OPERAND_STOPS =
  /^(for|per|by|in|on|from|during|over|since|between|where|when|with|across|each|every|which|that|who|whose|is|was|are|were|above|below|under)$/

/** The number the aggregators are about: named behind them, in front of them, or by what the adjective says. */
function findOperand(reading: Reading, run: readonly FoundAggregator[]): Operand | null {
  const last = run.at(-1) as FoundAggregator
  const start = (run[0] as FoundAggregator).start
  return (
    operandAfter(reading, last.end) ??
    operandBefore(reading, start, last.end) ??
    impliedOperand(reading, last)
  )
}

/** Words between the aggregator and its number stay free: in "average checkout latency" one of them is a condition. */
function operandAfter(reading: Reading, from: number): Operand | null {
  const { question } = reading
  for (let at = from; at < Math.min(from + OPERAND_REACH, question.tokens.length); at += 1) {
    const mention = readField(reading, at, isNumeric)
    if (mention !== null) return skipUsage(reading, mention)
    if (
      question.tokens[at]?.kind === 'symbol' ||
      OPERAND_STOPS.test(lower(question.tokens, at)) ||
      !isFree(question, at)
    )
      return null
  }
  return null
}

/** `cpu usage`, `memory consumption`: words that add nothing to the number. */
function skipUsage(reading: Reading, { field, start, end }: Operand): Operand {
  const word = lower(reading.question.tokens, end)
  const isUsage = /^(usage|use|utilisation|utilization|consumption|value|values)$/.test(word)
  return { field, start, end: isUsage ? end + 1 : end }
}

/** `latency p95`, `duration (avg, max)`. */
function operandBefore(reading: Reading, start: number, end: number): Operand | null {
  const { tokens } = reading.question
  for (let at = start - 1; at >= Math.max(0, start - 3); at -= 1) {
    const mention = readField(reading, at, isNumeric)
    if (mention !== null && mention.end >= start - 1) {
      claim(reading.question, mention.start, mention.end, 'measure')
      return { field: mention.field, start, end }
    }
    if (!isFree(reading.question, at) && tokens[at]?.kind !== 'symbol') return null
  }
  return null
}

/** "biggest order": a number whose description speaks of orders; "slowest": the duration. */
function impliedOperand(reading: Reading, last: FoundAggregator): Operand | null {
  const { aggregator } = last
  if (aggregator.kind !== 'statistic' || !aggregator.isSuperlative) return null
  const noun = nounAfter(reading, last.end)
  const about = noun === null ? null : numberAbout(reading, noun.word)
  if (about !== null && noun !== null) return { field: about, start: last.end, end: noun.end }
  // "longest span per service": of each group the longest.
  const isRecord = noun !== null && RECORD_NOUNS.has(noun.word) && isGrouped(reading.question)
  const meant =
    isRecord && aggregator.concept !== null
      ? findByConcept(reading.index.fields, aggregator.concept, isNumeric)
      : null
  if (meant !== null && noun !== null) return { field: meant, start: last.end, end: noun.end }
  return null
}

function nounAfter(reading: Reading, from: number): { word: string; end: number } | null {
  const { tokens } = reading.question
  let at = from
  while (['single', 'individual', 'ever', 'one', 'known', 'of', 'the'].includes(lower(tokens, at))) at += 1
  return tokens[at]?.kind === 'word' && isFree(reading.question, at)
    ? { word: lower(tokens, at), end: at + 1 }
    : null
}

/** "total requests" counts, "p95" alone is about the duration; a superlative without a number is left to the order. */
function withoutOperand(reading: Reading, run: readonly FoundAggregator[]): PlacedMeasure[] {
  const [first] = run as [FoundAggregator, ...FoundAggregator[]]
  const last = run.at(-1) as FoundAggregator
  if (first.aggregator.kind === 'statistic' && first.aggregator.name === 'sum' && run.length === 1)
    return totalCount(reading, first)
  const isAboutDuration = run.every(
    ({ aggregator }) =>
      aggregator.kind === 'percentile' || (aggregator.kind === 'statistic' && !aggregator.isSuperlative),
  )
  const number = reading.measured ?? findByConcept(reading.index.fields, 'duration', isNumeric)
  if (!isAboutDuration || number === null || isInsideWords(reading, first.start)) return []
  if (reading.measured === undefined) assume(reading, `no number named: ${number.text} is meant`)
  return run.flatMap(({ aggregator, said }) => {
    const measure = measureOver(aggregator, number)
    return measure === null ? [] : [{ measure, start: first.start, end: last.end, said }]
  })
}

function isInsideWords(reading: Reading, at: number): boolean {
  return readValue(reading, at) !== null
}

/** `total errors`, `total number of requests`; "total" as an adjective of nothing countable is a filler. */
function totalCount(reading: Reading, found: FoundAggregator): PlacedMeasure[] {
  const { tokens } = reading.question
  const isCounted =
    RECORD_NOUNS.has(lower(tokens, found.end)) ||
    readSeverity(reading, found.end) !== null ||
    readValue(reading, found.end) !== null
  if (!isCounted) return []
  const end = RECORD_NOUNS.has(lower(tokens, found.end)) ? found.end + 1 : found.end
  return [{ measure: { kind: 'count' }, start: found.start, end, said: 'total' }]
}

const COUNT_FILLERS = wordSet('the of all them those these it total our my up did do does has have')

/** `how many users` counts users, `number of errors` rows, `how many bytes` adds up. */
function countMeasure(reading: Reading, found: FoundAggregator): PlacedMeasure[] {
  const { question } = reading
  let at = found.end
  while (COUNT_FILLERS.has(lower(question.tokens, at))) at += 1
  const placed = (measure: Measure, end: number, said = ''): PlacedMeasure[] => [
    { measure, start: found.start, end, said },
  ]
  if (!isFree(question, at)) return placed({ kind: 'count' }, found.end)
  const next = readAggregator(question.tokens, at)
  if (next?.aggregator.kind === 'distinct') return distinctMeasure(reading, { ...next, start: found.start })
  const counted = countedField(reading, at)
  if (counted !== null) return placed(counted.measure, counted.end)
  const word = lower(question.tokens, at)
  const isRecord = RECORD_NOUNS.has(word) && readValue(reading, at, isNoSentence) === null
  return placed({ kind: 'count' }, isRecord ? at + 1 : found.end, isRecord ? word : '')
}

function isNoSentence({ field }: ValueLink): boolean {
  return !field.isFreeText
}

/** A number that adds up, or ids of which the distinct ones are meant; null for records and events. */
function countedField(reading: Reading, at: number): { measure: Measure; end: number } | null {
  const word = lower(reading.question.tokens, at)
  if (RECORD_NOUNS.has(word) || isException(word)) return null
  const numeric = readField(
    reading,
    at,
    (field) => field.type === 'number' && (field.unit !== null || isOfConcept(field, 'retries')),
  )
  if (numeric !== null && readValue(reading, at) === null) {
    return { measure: { kind: 'statistic', name: 'sum', field: numeric.field }, end: numeric.end }
  }
  const entity = readField(reading, at, isIdentity)
  const event = readValue(reading, at, isNoSentence)
  const isEvent = event !== null && (event.end > (entity?.end ?? 0) || isOfConcept(event.field, 'event'))
  if (entity?.isPlural !== true || isEvent || readSeverity(reading, at) !== null) return null
  return { measure: { kind: 'distinct', field: entity.field }, end: entity.end }
}

function distinctMeasure(reading: Reading, found: FoundAggregator): PlacedMeasure[] {
  const { question } = reading
  let at = found.end
  while (['the', 'of', 'all', 'values', 'value', 'number', 'count'].includes(lower(question.tokens, at)))
    at += 1
  const mention = readField(reading, at, ({ type }) => type !== 'timestamp' && type !== 'boolean')
  if (mention === null) return distinctErrors(reading, found, at)
  if (isListing(reading, found)) return []
  return [
    {
      measure: { kind: 'distinct', field: mention.field },
      start: found.start,
      end: mention.end,
      said: lower(question.tokens, found.start),
    },
  ]
}

/** "how many different errors": how many kinds of them, the severity being left for the filter. */
function distinctErrors(reading: Reading, found: FoundAggregator, at: number): PlacedMeasure[] {
  const kind = findByConcept(reading.index.fields, 'error type')
  if (kind === null || readSeverity(reading, at) === null) return []
  const said = lower(reading.question.tokens, found.start)
  return [{ measure: { kind: 'distinct', field: kind }, start: found.start, end: found.end, said }]
}

/** "list the distinct countries" asks for the values, "distinct countries per day" for their number. */
function isListing(reading: Reading, found: FoundAggregator): boolean {
  const { tokens } = reading.question
  if (found.end - found.start > 1 || reading.draft.groupKeys.length > 0) return false
  const opens = ['list', 'show', 'which', 'what', 'give', 'display', 'find', 'get', 'all'].includes(
    lower(tokens, 0),
  )
  return opens && !isGrouped(reading.question)
}
