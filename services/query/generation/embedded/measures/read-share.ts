import { readCondition } from '../conditions/read-condition'
import { outcomeCondition } from '../conditions/read-outcome'
import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { areFree, claim, isFree, textOf } from '../question'

interface ShareWord {
  readonly scale: 1 | 100
  readonly said: string
}

const SHARE_WORDS = createPhraseTable<ShareWord>([
  [
    { scale: 100, said: 'pct' },
    'percentage, percent, pct, %, what percentage, what percent, how many percent, percentages',
  ],
  [{ scale: 100, said: 'share' }, 'share, shares, what share'],
  [{ scale: 1, said: 'fraction' }, 'fraction, what fraction, fractions'],
  [{ scale: 1, said: 'proportion' }, 'proportion, what proportion, portion'],
  [{ scale: 1, said: 'ratio' }, 'ratio, ratios'],
  [{ scale: 1, said: 'rate' }, 'rate, rates'],
])

/** Whether a word makes a share of what stands before it. */
export function isShareWord(reading: Reading, at: number): boolean {
  return SHARE_WORDS.match(reading.question.tokens, at) !== null
}

/**
 * `fraction of log lines at error level`, `cache hit percentage`, `error rate`, `share of failing spans`.
 * With the counted part in front the measure is complete; behind, it is told apart from the other conditions
 * when all of them are known (`resolveShare`).
 */
export function readShare(reading: Reading): void {
  const { question, draft } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    const word = isFree(question, start) ? SHARE_WORDS.match(question.tokens, start) : null
    if (word === null || !areFree(question, start, word.end)) continue
    if (readModified(reading, start, word.end, word.value)) continue
    if (lower(question.tokens, word.end) !== 'of' && !isAsked(reading, start)) continue
    draft.share ??= { ...word.value, start, end: word.end }
    claim(question, start, word.end, 'ratio')
  }
}

/** "what percentage were 5xx". */
function isAsked(reading: Reading, start: number): boolean {
  return (
    /^(what|how)$/.test(lower(reading.question.tokens, start)) ||
    /^(what|which)$/.test(lower(reading.question.tokens, start - 1))
  )
}

const MODIFIERS_MAX = 4

/** A condition that ends right before the word: `cache hit percentage`, `5xx rate`, `failure ratio`. */
function readModified(reading: Reading, at: number, end: number, word: ShareWord): boolean {
  const { question, draft } = reading
  for (let start = Math.max(0, at - MODIFIERS_MAX); start < at; start += 1) {
    const condition = modifierAt(reading, start, at)
    if (condition === null) continue
    const measure = { kind: 'share' as const, conditions: [condition], scale: word.scale }
    draft.measures.push({ measure, start, end, said: `${textOf(question, start, at)} ${word.said}` })
    claim(question, start, end, 'ratio')
    return true
  }
  return false
}

function modifierAt(reading: Reading, start: number, at: number): Condition | null {
  const { question } = reading
  const found = readCondition(reading, start)
  if (found !== null && found.end === at) return found.condition
  if (at - start !== 1) return null
  const word = lower(question.tokens, start)
  if (/^(failure|failures|fail|failed|error|errors)$/.test(word)) return outcomeCondition(reading, true)
  return /^success(es)?$/.test(word) ? outcomeCondition(reading, false) : null
}
