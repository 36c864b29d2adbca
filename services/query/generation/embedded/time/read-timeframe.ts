import { RECORD_NOUNS } from '../lexicon/words'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { readQuantity } from '../quantity'
import { areFree, claim, type Question, textOf } from '../question'
import type { Token } from '../tokenise'
import { findUnit } from '../units'
import { wordSet } from '../word-set'
import { type CalendarStretch, readCalendarStretch } from './calendar-stretch'
import { lastOccurrence, readTimeRange } from './read-time-range'
import { type Present, readTimePoint } from './time-point'
import { type Timeframe, toInterval } from './timeframe'
import { instantOf } from './zoned-time'

export interface TimeReading {
  readonly timeframe: Timeframe | null
  readonly assumptions: readonly string[]
}

interface Found {
  readonly timeframe: Timeframe
  readonly start: number
  readonly end: number
  readonly assumption?: string
}

type Reader = (tokens: readonly Token[], start: number, present: Present) => Found | null

/**
 * The time range the question names, resolved against the given present alone. The readers are tried from the
 * most explicit form to the loosest, each over the whole question: "since 06:00" beats "today", which beats
 * a bare "in 30 minutes".
 */
export function readTimeframe(question: Question, present: Present): TimeReading {
  for (const reader of [readTimeRange, readLast, readMoment, readStretch, readPlainDuration, readTrailing]) {
    const found = findFirst(question, reader, present)
    if (found === null) continue
    claim(question, isLogin(question.tokens, found.start) ? found.start + 1 : found.start, found.end, 'time')
    claimPhrases(question)
    return {
      timeframe: found.timeframe,
      assumptions: found.assumption === undefined ? [] : [found.assumption],
    }
  }
  const says = claimPhrases(question)
  return {
    timeframe: null,
    assumptions: says
      ? [`“${says}” names no length of time: the request's own time range applies`]
      : ["no time range named: the request's own time range applies"],
  }
}

/** The "in" of "logged in today" belongs to the verb. */
function isLogin(tokens: readonly Token[], start: number): boolean {
  return (
    lower(tokens, start) === 'in' &&
    /^(log|logged|logging|sign|signed|signing)$/.test(lower(tokens, start - 1))
  )
}

function findFirst(question: Question, reader: Reader, present: Present): Found | null {
  for (let start = 0; start < question.tokens.length; start += 1) {
    const found = reader(question.tokens, start, present)
    if (found !== null && areFree(question, found.start, found.end)) return found
  }
  return null
}

const PREPOSITIONS = wordSet('in over for during within from of across throughout since')
const LAST_WORDS = wordSet('last past previous preceding latest trailing recent prior')
const ARTICLES = wordSet('the these this my our')

/** `last hour`, `over the past 40 minutes`, `in the last quarter of an hour`, `past week`. */
function readLast(tokens: readonly Token[], start: number): Found | null {
  let at = start
  if (PREPOSITIONS.has(lower(tokens, at))) at += 1
  if (ARTICLES.has(lower(tokens, at))) at += 1
  if (!LAST_WORDS.has(lower(tokens, at))) return null
  if (isCalendarUnit(tokens, at)) return null
  const quantity = readQuantity(tokens, at + 1) ?? readUnitAlone(tokens, at + 1)
  if (quantity === null || quantity.unit.dimension !== 'time') return null
  const end =
    lower(tokens, quantity.end) === 'or' && lower(tokens, quantity.end + 1) === 'so'
      ? quantity.end + 2
      : quantity.end
  return {
    timeframe: { kind: 'last', interval: toInterval(quantity.value, quantity.unit.factor) },
    start,
    end,
  }
}

/** "last month", "last year" and "previous week" without an article are the calendar's. */
function isCalendarUnit(tokens: readonly Token[], at: number): boolean {
  const unit = lower(tokens, at + 1)
  if (lower(tokens, at) === 'previous') return ['day', 'week', 'month', 'year'].includes(unit)
  return (
    lower(tokens, at) === 'last' &&
    !ARTICLES.has(lower(tokens, at - 1)) &&
    ['month', 'quarter', 'year'].includes(unit)
  )
}

/** `hour` after "last": one of them. A single letter is too little. */
function readUnitAlone(tokens: readonly Token[], at: number) {
  const name = lower(tokens, at)
  const unit = name.length < 2 ? undefined : findUnit(name)
  if (unit === undefined) return null
  const hasHalf = ['and', 'a', 'half'].every((word, offset) => lower(tokens, at + 1 + offset) === word)
  return { value: hasHalf ? 1.5 : 1, unit, end: at + (hasHalf ? 4 : 1) }
}

/** `today`, `yesterday`, `this month`, `on March 3rd`, `last night`. */
function readStretch(tokens: readonly Token[], start: number, present: Present): Found | null {
  const stretch = readCalendarStretch(tokens, start, present.wall)
  if (stretch === null) return null
  const assumption = stretch.isNight ? 'last night is read as 18:00 to 06:00' : undefined
  return { timeframe: stretchTimeframe(stretch, present), start, end: stretch.end, assumption }
}

function stretchTimeframe(stretch: CalendarStretch, present: Present): Timeframe {
  const from = instantOf(stretch.from, present.timezone)
  return { kind: 'between', from, to: stretch.isCurrent ? 'now' : instantOf(stretch.to, present.timezone) }
}

const STEP_WORDS =
  /^(steps?|buckets?|intervals?|slots?|windows?|bins?|increments?|chunks?|granularity|resolution)$/

/** "requests over 2 minutes" compares; "errors by tenant over 10 minutes" does not. */
function comparesBefore(tokens: readonly Token[], at: number): boolean {
  const word = lower(tokens, at - 1)
  return (
    RECORD_NOUNS.has(word) ||
    /^(latency|duration|time|times|took|taking|lasting|is|was|are|were|went|goes|average|percentile|median|p\d+)$/.test(
      word,
    )
  )
}

/** `in 30 minutes`, `for three weeks`, and `, 5 days` standing alone between commas. */
function readPlainDuration(tokens: readonly Token[], start: number): Found | null {
  const word = lower(tokens, start)
  const isListed = word === ',' || word === ';'
  if (!PREPOSITIONS.has(word) && !isListed) return null
  const at = ARTICLES.has(lower(tokens, start + 1)) ? start + 2 : start + 1
  const quantity = readQuantity(tokens, at)
  if (quantity?.unit.dimension !== 'time' || STEP_WORDS.test(lower(tokens, quantity.end))) return null
  const seconds = quantity.value * quantity.unit.factor
  // "over 4 seconds" and "over 2 minutes" compare a duration; a range of time is rarely that short.
  if (seconds < (word === 'over' && comparesBefore(tokens, start) ? 86_400 : 60)) return null
  const next = lower(tokens, quantity.end)
  if (isListed && next !== '' && next !== ',' && next !== ';') return null
  return {
    timeframe: { kind: 'last', interval: toInterval(quantity.value, quantity.unit.factor) },
    start: isListed ? start + 1 : start,
    end: quantity.end,
  }
}

/** `p99 checkout 6h`: a glued length of time at the very end, behind a word that it cannot belong to. */
function readTrailing(tokens: readonly Token[], start: number): Found | null {
  if (start === 0 || start !== tokens.length - 1 || tokens[start]?.kind !== 'quantity') return null
  const quantity = readQuantity(tokens, start)
  if (quantity?.unit.dimension !== 'time' || quantity.value * quantity.unit.factor < 60) return null
  const isBehindWord = tokens[start - 1]?.kind === 'word' && !comparesBefore(tokens, start)
  const isCompared = /^(than|over|above|below|under|at|least|most|each|every|per|exactly|by|or)$/.test(
    lower(tokens, start - 1),
  )
  if (!isBehindWord || isCompared) return null
  return {
    timeframe: { kind: 'last', interval: toInterval(quantity.value, quantity.unit.factor) },
    start,
    end: start + 1,
  }
}

/** A moment alone: `yesterday 9am` is the hour from then on, `around 14:05` the half hour about it. */
function readMoment(tokens: readonly Token[], start: number, present: Present): Found | null {
  const isAround = ['around', 'about', 'near'].includes(lower(tokens, start))
  const isAt = lower(tokens, start) === 'at'
  const point = readTimePoint(tokens, isAround || isAt ? start + 1 : start, present)
  if (point === null || point.kind === 'stretch' || lower(tokens, point.end - 1) === 'now') return null
  if (point.kind === 'clock' && !(point.clock.isPlain && (isAround || isAt))) return null
  const at = point.kind === 'instant' ? point.at : lastOccurrence(point.clock, present)
  const isPrecise = point.kind === 'instant' ? point.isPrecise : point.clock.minute > 0
  if (isAround || isPrecise) {
    return {
      timeframe: { kind: 'around', at },
      start,
      end: point.end,
      assumption: 'half an hour around the named time',
    }
  }
  const to = new Date(at.getTime() + 3_600_000)
  return {
    timeframe: { kind: 'between', from: at, to },
    start,
    end: point.end,
    assumption: 'the hour from the named time on',
  }
}

const PRESENT_PHRASES = createPhraseTable([
  [true, 'right now, currently, at the moment, at present, now, recently, lately, recent, these days'],
  [true, 'so far, until now, up to now, till now, to date, up till now, as of now'],
])

/** Claims words about the present that set no range; returns the first as written, '' when there are none. */
function claimPhrases(question: Question): string {
  let said = ''
  for (let start = 0; start < question.tokens.length; start += 1) {
    const match = PRESENT_PHRASES.match(question.tokens, start)
    if (match === null || !areFree(question, start, match.end)) continue
    claim(question, start, match.end, 'time')
    said ||= textOf(question, start, match.end)
  }
  return said
}
