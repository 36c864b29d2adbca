import type { Reading } from '../draft'
import { createPhraseTable } from '../phrase-table'
import { areFree } from '../question'

const COMPARING = createPhraseTable([
  [
    true,
    'compare, compared to, compared with, comparing, comparison of, comparison between, beside, ' +
      'alongside, side by side, next to, as opposed to, in contrast to, versus, vs, ' +
      'difference between, set against, against, contrast, contrasted with',
  ],
])

/** Words that set things side by side; the values they join group the result. */
export function readComparingWords(reading: Reading): void {
  const { question } = reading
  for (let start = 0; start < question.tokens.length; start += 1) {
    const match = COMPARING.match(question.tokens, start)
    if (match === null || !areFree(question, start, match.end)) continue
    reading.draft.isComparison = true
  }
}
