import { readRangeChange } from '../follow-up/read-range-change'
import { forkQuestion, type Mechanism, type Question, textOf } from '../question'
import { readTimeBucket } from './read-time-bucket'
import { readTimeframe } from './read-timeframe'
import { isInterval, isReachable } from './time-bounds'
import type { Present } from './time-point'

/**
 * The words of a question that name a time no query can say ("300000 years ago", "every 99999999 weeks"), null
 * when there are none. Reads the times as they are read later, on a copy, and claims nothing.
 */
export function readUnreachableTime(asked: Question, present: Present, isFollowUp: boolean): string | null {
  const question = forkQuestion(asked)
  const change = isFollowUp ? readRangeChange(question) : null
  if (change !== null && !isReachable(change)) return claimedText(question, 'time')
  const step = readTimeBucket(question)?.interval ?? null
  if (step !== null && !isInterval(step)) return claimedText(question, 'bucket')
  const { timeframe } = readTimeframe(question, present)
  return timeframe === null || isReachable(timeframe) ? null : claimedText(question, 'time')
}

/** The first run of words that a mechanism has claimed. */
function claimedText(question: Question, mechanism: Mechanism): string {
  const start = question.claims.indexOf(mechanism)
  const after = question.claims.findIndex((claimed, at) => at > start && claimed !== mechanism)
  return textOf(question, start, after < 0 ? question.tokens.length : after)
}
