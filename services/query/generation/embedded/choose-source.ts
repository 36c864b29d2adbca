import { directionOf } from './conditions/direction'
import type { Reading } from './draft'
import { FILLERS, LOG_NOUNS, SPAN_NOUNS } from './lexicon/words'
import type { CatalogueIndex, SourceName } from './link/catalogue-index'
import { readOver, type TimedQuestion } from './read-question'

/**
 * The reading over the source the question names, or else over the one that explains more of its words. Logs
 * win a tie.
 */
export function readBestSource(index: CatalogueIndex, timed: TimedQuestion): Reading {
  const named = namedSource(timed)
  if (named !== null && index[named].fields.length > 0) return readOver(index[named], timed)
  if (index.spans.fields.length === 0) return readOver(index.logs, timed)
  if (index.logs.fields.length === 0) return readOver(index.spans, timed)
  const overLogs = readOver(index.logs, timed)
  if (unexplained(overLogs) === 0) return overLogs
  const overSpans = readOver(index.spans, timed)
  return unexplained(overSpans) < unexplained(overLogs) ? overSpans : overLogs
}

/** "spans" or "traces" beside no id of a trace mean spans; "logs" and "log lines" mean logs. */
function namedSource({ question }: TimedQuestion): SourceName | null {
  const { tokens } = question
  for (const { kind, lower, index } of tokens) {
    if (kind !== 'word') continue
    const next = tokens[index + 1]
    const isId =
      next !== undefined &&
      (next.lower === 'id' || next.lower === 'ids' || next.kind === 'identifier' || next.kind === 'quoted')
    if (SPAN_NOUNS.has(lower) && !(lower === 'trace' && isId)) return 'spans'
  }
  return tokens.some(
    ({ kind, lower }) => kind === 'word' && LOG_NOUNS.has(lower) && /^(logs?|lines?)$/.test(lower),
  )
    ? 'logs'
    : null
}

/** Words of the question that nothing has claimed and that are more than joints. */
export function leftovers(reading: Reading): number[] {
  const { question } = reading
  const hasOtherSide = reading.index.fields.some(({ side }) => side === 'away')
  return question.tokens.flatMap((token) => {
    const isPointing = hasOtherSide && directionOf(token.lower) === 'away'
    const isMeaningful =
      token.kind !== 'symbol' &&
      !isPointing &&
      !FILLERS.has(token.lower) &&
      !isSourceWord(token.lower) &&
      question.claims[token.index] === null
    return isMeaningful ? [token.index] : []
  })
}

/** Nouns of the records themselves say nothing that could be missed. */
function isSourceWord(word: string): boolean {
  return LOG_NOUNS.has(word) || SPAN_NOUNS.has(word) || /^(calls|hits?|requests?|events?)$/.test(word)
}

function unexplained(reading: Reading): number {
  return leftovers(reading).length
}
