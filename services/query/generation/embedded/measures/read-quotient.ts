import { readCondition } from '../conditions/read-condition'
import type { Reading } from '../draft'
import type { Condition, QuotientPart } from '../intermediate'
import { isNumeric } from '../link/field'
import { readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { areFree, claim, isFree, type Question } from '../question'

const DIVIDERS = createPhraseTable([
  [
    true,
    'divided by, over the number of, relative to, as a fraction of, as a share of, ' + 'as a ratio of, ÷',
  ],
])
const PERCENT_DIVIDERS = createPhraseTable([
  [true, 'as a percentage of, as percentage of, as a percent of, as percent of'],
])
const STOPS =
  /^(per|by|for|in|over|during|last|past|since|each|every|across|grouped|split|on|from|between|with|,|:|;|\?)$/

/** `refunded money divided by ordered money`, `ratio of errors to requests`: two measured parts, one over the other. */
export function readQuotient(reading: Reading): void {
  const { question } = reading
  for (let at = 0; at < question.tokens.length; at += 1) {
    if (readDivided(reading, at) || readRatioOf(reading, at)) return
  }
}

function readDivided(reading: Reading, at: number): boolean {
  const { question } = reading
  const divider = DIVIDERS.match(question.tokens, at) ?? PERCENT_DIVIDERS.match(question.tokens, at)
  if (divider === null || !areFree(question, at, divider.end)) return false
  const scale = PERCENT_DIVIDERS.match(question.tokens, at) === null ? 1 : 100
  const start = startOfPart(question, at)
  const end = endOfPart(question, divider.end)
  return placeQuotient(reading, { start, middle: at, resume: divider.end, end }, scale)
}

const PART_WORDS: ReadonlyMap<string, 1 | 100> = new Map([
  ['ratio', 1],
  ['proportion', 1],
  ['fraction', 1],
  ['share', 100],
  ['percentage', 100],
  ['percent', 100],
])

/** `ratio of refunds to orders`, `share of refunds among orders`. */
function readRatioOf(reading: Reading, at: number): boolean {
  const { question } = reading
  const word = lower(question.tokens, at)
  const scale = PART_WORDS.get(word)
  if (scale === undefined || lower(question.tokens, at + 1) !== 'of' || !isFree(question, at)) return false
  const middle = question.tokens.findIndex(
    ({ lower: joint }, index) =>
      index > at + 2 &&
      index < at + 8 &&
      (/^(among|amongst)$/.test(joint) || (joint === 'to' && word === 'ratio')),
  )
  if (middle < 0) return false
  return placeQuotient(
    reading,
    { start: at + 2, middle, resume: middle + 1, end: endOfPart(question, middle + 1), from: at },
    scale,
  )
}

interface Extent {
  readonly from?: number
  readonly start: number
  readonly middle: number
  readonly resume: number
  readonly end: number
}

function placeQuotient(reading: Reading, extent: Extent, scale: 1 | 100): boolean {
  const numerator = readPart(reading, extent.start, extent.middle)
  const denominator = readPart(reading, extent.resume, extent.end)
  if (numerator === null || denominator === null) return false
  const label = labelBefore(reading.question, extent.start)
  const start = label === null ? (extent.from ?? extent.start) : label.start
  const measure = { kind: 'quotient' as const, numerator, denominator, scale }
  reading.draft.measures.push({ measure, start, end: extent.end, said: label?.text ?? '' })
  claim(reading.question, start, extent.end, 'ratio')
  return true
}

/** What a side adds up, or counts, and under which conditions; null when neither is said. */
function readPart(reading: Reading, start: number, end: number): QuotientPart | null {
  const conditions: Condition[] = []
  let field: QuotientPart['field'] = null
  let isSaid = false
  for (let at = start; at < end; at += 1) {
    const numeric = readField(reading, at, (candidate) => isNumeric(candidate) && candidate.unit !== null)
    const found = readCondition(reading, at)
    if (numeric !== null && numeric.end <= end && (found === null || numeric.end >= found.end)) {
      field ??= numeric.field
      isSaid = true
      at = numeric.end - 1
    } else if (found !== null && found.end <= end) {
      conditions.push(found.condition)
      isSaid = true
      at = found.end - 1
    } else if (
      /^(requests|records|logs|lines|events|spans|calls|all|total|everything|entries|hits)$/.test(
        lower(reading.question.tokens, at),
      )
    ) {
      isSaid = true
    }
  }
  return isSaid ? { field, conditions } : null
}

function startOfPart(question: Question, at: number): number {
  let start = at
  while (
    start > 0 &&
    isFree(question, start - 1) &&
    question.tokens[start - 1]?.kind !== 'symbol' &&
    at - start < 6
  )
    start -= 1
  return start
}

function endOfPart(question: Question, at: number): number {
  let end = at
  while (
    end < question.tokens.length &&
    isFree(question, end) &&
    !STOPS.test(lower(question.tokens, end)) &&
    end - at < 6
  )
    end += 1
  return end
}

/** "refund share: …": what stands before the colon names the result. */
function labelBefore(question: Question, start: number): { text: string; start: number } | null {
  if (question.tokens[start - 1]?.text !== ':') return null
  const words = question.tokens.slice(0, start - 1)
  const isName = words.length > 0 && words.length <= 3 && words.every(({ kind }) => kind === 'word')
  return isName ? { text: words.map(({ lower: word }) => word).join('_'), start: 0 } : null
}
