import type { StatisticName } from '../intermediate'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import type { Token } from '../tokenise'

/** A word that says how values are taken together. */
export type Aggregator =
  | {
      readonly kind: 'statistic'
      readonly name: StatisticName
      readonly concept: string | null
      readonly isSuperlative: boolean
    }
  | { readonly kind: 'percentile'; readonly rank: number }
  | { readonly kind: 'count' }
  | { readonly kind: 'distinct' }

function statistic(name: StatisticName, concept: string | null = null, isSuperlative = false): Aggregator {
  return { kind: 'statistic', name, concept, isSuperlative }
}

const AGGREGATORS = createPhraseTable<Aggregator>([
  [statistic('avg'), 'average, avg, mean, averaged, on average, average of, averages, typical, the average'],
  [{ kind: 'percentile', rank: 0.5 }, 'median, medians'],
  [
    statistic('sum'),
    'sum, sum of, sums of, total, total of, totals, cumulative, combined, add up, summed, ' +
      'summed up, how much, sum up',
  ],
  [statistic('max'), 'max, maximum, peak, maximal, max of, maximum of, peaks'],
  [statistic('max', null, true), 'highest, greatest, worst'],
  [statistic('max', 'size', true), 'largest, biggest, heaviest'],
  [statistic('max', 'duration', true), 'longest, slowest'],
  [statistic('max', 'amount', true), 'most expensive, priciest, costliest'],
  [statistic('min'), 'min, minimum, minimal, min of, minimum of'],
  [statistic('min', null, true), 'lowest, least'],
  [statistic('min', 'size', true), 'smallest, lightest'],
  [statistic('min', 'duration', true), 'shortest, fastest, quickest'],
  [statistic('min', 'amount', true), 'cheapest, least expensive'],
  [statistic('stddev'), 'standard deviation, stddev, std dev, standard deviation of, deviation of'],
  [statistic('variance'), 'variance, variance of'],
  [
    { kind: 'distinct' },
    'number of distinct, number of unique, number of different, how many distinct, ' +
      'how many different, how many unique, count distinct, count of distinct, count of unique, ' +
      'distinct count of, unique count of, count unique, count the distinct, count the unique, ' +
      'count different, distinct number of, cardinality of, how many separate, ' +
      'number of individual, tally of distinct, tally distinct, distinct, unique',
  ],
  [
    { kind: 'count' },
    'count, count of, counts, counts of, number of, numbers of, how many, tally, tally of, ' +
      'how often, volume of, amount of, how frequently, quantity of, frequency of, throughput, ' +
      'throughput of, count up, total number of, total count of, the number of, ' +
      'how busy, rate of occurrence of, occurrences of, count them, count those, count these, count it',
  ],
])

export interface FoundAggregator {
  readonly aggregator: Aggregator
  readonly start: number
  readonly end: number
  /** The word itself: biggest, peak. */
  readonly said: string
}

/** The aggregator at a token: `average`, `p99`, `the 95th percentile of`, `how many`. */
export function readAggregator(tokens: readonly Token[], start: number): FoundAggregator | null {
  const match = AGGREGATORS.match(tokens, start)
  if (match !== null) return { aggregator: match.value, start, end: match.end, said: lower(tokens, start) }
  return readPercentile(tokens, start)
}

function readPercentile(tokens: readonly Token[], start: number): FoundAggregator | null {
  const token = tokens[start]
  if (token === undefined) return null
  const short = /^p(\d{1,2}(?:\.\d+)?|99\d+)$/.exec(token.lower)
  if (short !== null)
    return percentile(
      rankOfShort(short[1] as string),
      start,
      skipWord(tokens, start + 1, /^(percentiles?|of)$/),
    )
  const next = tokens[start + 1]
  if (/^percentiles?$/.test(token.lower) && next?.kind === 'number' && isRank(next.value)) {
    return percentile(next.value / 100, start, start + 2)
  }
  if (token.kind === 'number' && isRank(token.value) && isBehindPercentiles(tokens, start - 1))
    return percentile(token.value / 100, start, start + 1)
  if (token.kind !== 'ordinal' || !isRank(token.value)) return null
  // "the 75th and 99.9th percentile": the word may stand only behind the last of them.
  return isBeforePercentile(tokens, start + 1)
    ? percentile(token.value / 100, start, skipWord(tokens, start + 1, /^(percentiles?|%?ile|of)$/))
    : null
}

function isRank(value: number | null): value is number {
  return value !== null && value > 0 && value < 100
}

/** "percentiles 50, 90 and 99": a number of a list that begins with the word. */
function isBehindPercentiles(tokens: readonly Token[], at: number): boolean {
  for (let index = at; index >= 0; index -= 1) {
    if (/^percentiles?$/.test(lower(tokens, index))) return true
    if (tokens[index]?.kind !== 'number' && !['and', ',', '&', '/'].includes(lower(tokens, index)))
      return false
  }
  return false
}

/** `p99` is 0.99, `p999` 0.999, `p5` 0.05. */
function rankOfShort(digits: string): number {
  if (digits.includes('.') || digits.length <= 2) return Number(digits) / 100
  return Number(digits) / 10 ** digits.length
}

function percentile(rank: number, start: number, end: number): FoundAggregator {
  return {
    aggregator: { kind: 'percentile', rank: Number.parseFloat(rank.toPrecision(12)) },
    start,
    end,
    said: 'percentile',
  }
}

function skipWord(tokens: readonly Token[], at: number, words: RegExp): number {
  let end = at
  while (words.test(lower(tokens, end))) end += 1
  return end
}

function isBeforePercentile(tokens: readonly Token[], at: number): boolean {
  for (let index = at; index < at + 8; index += 1) {
    const word = lower(tokens, index)
    if (/^(percentiles?|%?ile)$/.test(word)) return true
    if (tokens[index]?.kind !== 'ordinal' && !['and', ',', 'or', 'the', '&'].includes(word)) return false
  }
  return false
}
