import { readComparisons } from './conditions/read-comparisons'
import { readConditions } from './conditions/read-conditions'
import { emptyDraft, type Reading } from './draft'
import type { SourceIndex } from './link/catalogue-index'
import type { Field } from './link/field'
import { emptyLinkCache } from './link/mentions'
import { readMeasureList } from './measures/read-measure-list'
import { readMeasures } from './measures/read-measures'
import { readQuotient } from './measures/read-quotient'
import { readResultUnit } from './measures/read-result-unit'
import { readShare } from './measures/read-share'
import { forkQuestion, type Question } from './question'
import { readComparingWords } from './shape/read-comparing-words'
import { readGrouping } from './shape/read-grouping'
import { readLateSubject } from './shape/read-late-subject'
import { readOrder } from './shape/read-order'
import { readProjection } from './shape/read-projection'
import { readRanking } from './shape/read-ranking'
import { readSubject } from './shape/read-subject'
import { readVague } from './shape/read-vague'
import type { TimeBucket } from './time/read-time-bucket'
import { readTimeBucket } from './time/read-time-bucket'
import { readTimeframe } from './time/read-timeframe'
import type { Present } from './time/time-point'
import type { Timeframe } from './time/timeframe'

/** The part of a reading that is the same for every source. */
export interface TimedQuestion {
  readonly question: Question
  readonly timeframe: Timeframe | null
  readonly bucket: TimeBucket | null
  readonly assumptions: readonly string[]
}

/** Claims what a question says about time. */
export function readTimes(question: Question, present: Present): TimedQuestion {
  const bucket = readTimeBucket(question)
  const { timeframe, assumptions } = readTimeframe(question, present)
  return { question, timeframe, bucket, assumptions }
}

/**
 * The mechanisms in their order. Each claims the tokens it understood; the order therefore decides who gets
 * the words that could mean several things: "top 15" before any number, shares before their parts, what is
 * measured before what is filtered.
 */
const MECHANISMS: readonly ((reading: Reading) => void)[] = [
  readProjection,
  readComparingWords,
  readOrder,
  readSubject,
  readQuotient,
  readShare,
  readRanking,
  readMeasures,
  readGrouping,
  readMeasureList,
  readResultUnit,
  readComparisons,
  readConditions,
  readLateSubject,
  readVague,
]

/** Reads a question over one source; `measured` is what an earlier query measures, when it goes on with one. */
export function readOver(index: SourceIndex, timed: TimedQuestion, measured?: Field): Reading {
  const draft = emptyDraft()
  draft.timeframe = timed.timeframe
  draft.assumptions.push(...timed.assumptions)
  const question = forkQuestion(timed.question)
  const reading: Reading = { question, index, links: emptyLinkCache(), draft, measured }
  if (timed.bucket !== null) {
    const interval = timed.bucket.interval ?? { amount: 0, unit: 's' as const }
    draft.groupKeys.push({ key: { kind: 'bucket', interval }, start: timed.bucket.start })
  }
  for (const mechanism of MECHANISMS) mechanism(reading)
  return reading
}
