import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { readQuantity } from '../quantity'
import { areFree, claim, isFree, type Question } from '../question'
import type { Token } from '../tokenise'
import { findUnit } from '../units'
import { wordSet } from '../word-set'
import { type Interval, toInterval } from './timeframe'

export interface TimeBucket {
  /** Null when the question asks for a course over time without a step. */
  readonly interval: Interval | null
  readonly start: number
}

const EACH_WORDS = wordSet('each every per by')
const STEP_WORDS = new Set(
  ['step', 'bucket', 'interval', 'slot', 'window', 'bin', 'increment', 'chunk', 'period', 'block']
    .flatMap((word) => [word, `${word}s`])
    .concat(['granularity', 'resolution']),
)
const ADVERBS = createPhraseTable<readonly [number, number]>([
  [[1, 3_600], 'hourly, hour by hour, by the hour'],
  [[1, 86_400], 'daily, day by day, by the day'],
  [[1, 604_800], 'weekly, week by week, by the week'],
  [[1, 2_592_000], 'monthly, month by month, by the month'],
  [[1, 60], 'minutely, minute by minute, by the minute'],
])
const COURSE = createPhraseTable([
  [
    true,
    'over time, as a time series, as time series, as a timeseries, time series, timeseries, ' + 'timechart',
  ],
  [
    true,
    'through time, as a timeline, timeline, time line, across time, trend, trends, trending, ' + 'histogram',
  ],
])

/** `each 30 seconds`, `per half hour`, `in 2 minute steps`, `hourly`, `over time`; claims what it reads. */
export function readTimeBucket(question: Question): TimeBucket | null {
  const { tokens } = question
  for (let start = 0; start < tokens.length; start += 1) {
    const found =
      readEach(tokens, start) ??
      readSteps(tokens, start) ??
      readAdverb(tokens, start) ??
      readRankedUnit(tokens, start) ??
      readAskedUnit(tokens, start)
    if (found === null || !areFree(question, start, found.end)) continue
    claim(question, found.start ?? start, found.end, 'bucket')
    claimCourse(question)
    return { interval: found.interval, start }
  }
  const course = claimCourse(question)
  return course === null ? null : { interval: null, start: course }
}

interface Found {
  readonly interval: Interval
  readonly end: number
  /** Where the claim starts when not at the first token read. */
  readonly start?: number
}

const BUCKET_SECONDS_MIN = 1

/** `each 30 seconds`, `every quarter hour`, `per day`, `for each hour`. */
function readEach(tokens: readonly Token[], start: number): Found | null {
  const at = lower(tokens, start) === 'for' ? start + 1 : start
  if (!EACH_WORDS.has(lower(tokens, at))) return null
  const quantity = readQuantity(tokens, at + 1)
  if (quantity?.unit.dimension === 'time') return found(quantity.value, quantity.unit.factor, quantity.end)
  const from = ['single', 'the', 'full', 'whole', 'calendar'].includes(lower(tokens, at + 1))
    ? at + 2
    : at + 1
  const name = lower(tokens, from)
  const unit = name.length < 3 ? undefined : findUnit(name)
  return unit?.dimension === 'time' ? found(1, unit.factor, from + 1) : null
}

/** `in 2 minute steps`, `5-minute buckets`, `at 1h resolution`, `using 10m windows`. */
function readSteps(tokens: readonly Token[], start: number): Found | null {
  const at = ['in', 'at', 'using', 'with', 'into', 'by'].includes(lower(tokens, start)) ? start + 1 : start
  const from = ['a', 'an'].includes(lower(tokens, at)) && STEP_WORDS.has(lower(tokens, at + 2)) ? at + 1 : at
  const quantity = readQuantity(tokens, from)
  if (quantity?.unit.dimension !== 'time' || !STEP_WORDS.has(lower(tokens, quantity.end))) {
    return readStepsOf(tokens, at)
  }
  return found(quantity.value, quantity.unit.factor, quantity.end + 1)
}

/** `buckets of 10 minutes`, `intervals of an hour`. */
function readStepsOf(tokens: readonly Token[], at: number): Found | null {
  if (!STEP_WORDS.has(lower(tokens, at)) || lower(tokens, at + 1) !== 'of') return null
  const quantity = readQuantity(tokens, at + 2)
  return quantity?.unit.dimension === 'time'
    ? found(quantity.value, quantity.unit.factor, quantity.end)
    : null
}

function readAdverb(tokens: readonly Token[], start: number): Found | null {
  const match = ADVERBS.match(tokens, start)
  return match === null ? null : found(match.value[0], match.value[1], match.end)
}

/** `busiest hour`: the unit is the bucket, the adjective ranks it and stays free. */
function readRankedUnit(tokens: readonly Token[], start: number): Found | null {
  if (!/^(busiest|quietest|noisiest|worst)$/.test(lower(tokens, start))) return null
  const bucket = calendarUnit(tokens, start + 1)
  return bucket === null ? null : { ...bucket, start: start + 1 }
}

/** `which hour had …`, `days with more than …`: the unit is what the question is about, and so the bucket. */
function readAskedUnit(tokens: readonly Token[], start: number): Found | null {
  const isAsked = /^(which|what)$/.test(lower(tokens, start))
  const at = isAsked ? start + 1 : start
  const isOpening = tokens.slice(0, start).every((token) => OPENINGS.has(token.lower))
  const bucket = isOpening ? calendarUnit(tokens, at) : null
  if (bucket === null) return null
  const isSubject = /^(with|where|when|in|on|that|having|had|have|has|saw|were|was)$/.test(
    lower(tokens, bucket.end),
  )
  // "days with no errors" would have to be those that are missing.
  const isAbsence = /^(no|without|zero)$/.test(lower(tokens, bucket.end + 1))
  return isSubject && !isAbsence && (isAsked || lower(tokens, at).endsWith('s')) ? { ...bucket, start } : null
}

const OPENINGS = wordSet('show me give list find get the all please in during')

function calendarUnit(tokens: readonly Token[], at: number): Found | null {
  const name = lower(tokens, at)
  const unit = /^(minute|hour|day|week)s?$/.test(name) ? findUnit(name) : undefined
  return unit === undefined ? null : found(1, unit.factor, at + 1)
}

function found(value: number, unitSeconds: number, end: number): Found | null {
  return value * unitSeconds < BUCKET_SECONDS_MIN ? null : { interval: toInterval(value, unitSeconds), end }
}

/** The first phrase that asks for a course over time; all of them are claimed. */
function claimCourse(question: Question): number | null {
  let first: number | null = null
  for (let start = 0; start < question.tokens.length; start += 1) {
    const match = isFree(question, start) ? COURSE.match(question.tokens, start) : null
    if (match === null || !areFree(question, start, match.end)) continue
    claim(question, start, match.end, 'bucket')
    first ??= start
  }
  return first
}
