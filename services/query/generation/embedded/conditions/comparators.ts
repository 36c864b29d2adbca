import type { ComparisonOperator } from '../intermediate'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { readAmount, readQuantity } from '../quantity'
import type { Token } from '../tokenise'
import { findUnit, type Unit } from '../units'

/** What a comparison word says beside its direction: "slower" is about a duration. */
export interface Comparator {
  readonly operator: ComparisonOperator
  readonly concept: string | null
}

const above = { operator: '>', concept: null } as const
const below = { operator: '<', concept: null } as const
const atLeast = { operator: '>=', concept: null } as const
const atMost = { operator: '<=', concept: null } as const

const COMPARATORS = createPhraseTable<Comparator>([
  [
    above,
    'above, over, more than, greater than, higher than, exceeding, exceeds, exceeded, exceed, ' +
      'beyond, in excess of, >, upwards of, past',
  ],
  [
    atLeast,
    'at least, no less than, not less than, no fewer than, not below, not under, minimum of, ' +
      'a minimum of, >=, from at least, greater than or equal to, more than or equal to, ≥',
  ],
  [below, 'below, under, less than, fewer than, lower than, <, beneath'],
  [
    atMost,
    'at most, up to, no more than, not more than, not above, not over, maximum of, a maximum of, ' +
      '<=, no higher than, less than or equal to, ≤',
  ],
  [{ operator: '==', concept: null }, 'exactly, equal to, equals, ==, ='],
  [{ operator: '!=', concept: null }, 'not equal to, other than, different from, !=, <>'],
  [
    { operator: '>', concept: 'duration' },
    'slower than, longer than, taking more than, taking over, taking longer than, ' +
      'took more than, took longer than, took over, takes more than, takes longer than, ' +
      'lasting more than, lasting longer than',
  ],
  [
    { operator: '<', concept: 'duration' },
    'faster than, quicker than, shorter than, taking less than, took less than, quicker then',
  ],
  [{ operator: '>=', concept: 'duration' }, 'taking at least, took at least, lasting at least'],
  [{ operator: '>', concept: 'size' }, 'bigger than, larger than, heavier than, greater in size than'],
  [{ operator: '<', concept: 'size' }, 'smaller than, lighter than'],
  [
    { operator: '>', concept: 'amount' },
    'worth more than, costing more than, costlier than, worth over, dearer than',
  ],
  [{ operator: '<', concept: 'amount' }, 'worth less than, costing less than, cheaper than, worth under'],
  [{ operator: '>=', concept: 'amount' }, 'worth at least, costing at least'],
])

/** The number a comparison is with. */
export interface Magnitude {
  readonly value: number
  readonly unit: Unit | null
  readonly end: number
}

export interface Comparison extends Comparator {
  readonly start: number
  readonly magnitude: Magnitude
  /** The upper end of `between a and b`. */
  readonly upper: Magnitude | null
  readonly end: number
}

/** `above 750 ms`, `at least 30`, `30 or more`, `> 5`, `between 2 and 5 seconds`. */
export function readComparison(tokens: readonly Token[], start: number): Comparison | null {
  return readBetween(tokens, start) ?? readPrefixed(tokens, start) ?? readPostfixed(tokens, start)
}

function readPrefixed(tokens: readonly Token[], start: number): Comparison | null {
  const match = COMPARATORS.match(tokens, start)
  if (match === null) return null
  const at = lower(tokens, match.end) === 'than' ? match.end + 1 : match.end
  const magnitude = readMagnitude(tokens, at)
  if (magnitude === null) return null
  const times = readTimes(tokens, at)
  return { ...match.value, start, magnitude: times ?? magnitude, upper: null, end: (times ?? magnitude).end }
}

/** "more than once", "at least twice". */
function readTimes(tokens: readonly Token[], at: number): Magnitude | null {
  const value = { once: 1, twice: 2, thrice: 3 }[lower(tokens, at)]
  return value === undefined ? null : { value, unit: null, end: at + 1 }
}

const POSTFIXES = createPhraseTable<Comparator>([
  [
    atLeast,
    'or more, or higher, or above, or greater, or longer, or over, and above, and up, and over, ' +
      'or slower, or larger, upwards',
  ],
  [
    atMost,
    'or less, or fewer, or lower, or below, or under, and below, or faster, and under, ' +
      'or smaller, or shorter',
  ],
])

function readPostfixed(tokens: readonly Token[], start: number): Comparison | null {
  const magnitude = readMagnitude(tokens, start)
  const match = magnitude === null ? null : POSTFIXES.match(tokens, magnitude.end)
  if (magnitude === null || match === null) return null
  return { ...match.value, start, magnitude, upper: null, end: match.end }
}

/** `between 2 and 5 seconds`: the first number takes the second's unit. */
function readBetween(tokens: readonly Token[], start: number): Comparison | null {
  const word = lower(tokens, start)
  if (word !== 'between' && word !== 'from') return null
  const first = readMagnitude(tokens, start + 1)
  const joint = first === null ? '' : lower(tokens, first.end)
  if (first === null || (joint !== 'and' && !(word === 'from' && joint === 'to'))) return null
  const second = readMagnitude(tokens, first.end + 1)
  if (second === null) return null
  const lowerEnd = { ...first, unit: first.unit ?? second.unit }
  return { operator: '>=', concept: null, start, magnitude: lowerEnd, upper: second, end: second.end }
}

/** A number with or without unit; a unit named later in the noun phrase ("6 GB of memory") stays outside. */
export function readMagnitude(tokens: readonly Token[], at: number): Magnitude | null {
  const token = tokens[at]
  const quantity = readQuantity(tokens, at)
  if (quantity !== null) return { value: quantity.value, unit: quantity.unit, end: quantity.end }
  const times = readTimes(tokens, at)
  if (times !== null) return times
  const amount = readAmount(tokens, at)
  if (amount === null || token?.kind === 'ordinal') return null
  const sign = tokens[amount.end]
  if (sign?.kind === 'symbol' && sign.text === '%') {
    return { value: amount.value, unit: findUnit('%') ?? null, end: amount.end + 1 }
  }
  return { value: amount.value, unit: null, end: amount.end }
}
