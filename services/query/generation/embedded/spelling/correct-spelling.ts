import { editDistance, isSlipOf } from '#dataprime'
import { severityOf } from '../conditions/severities'
import { RECORD_NOUNS } from '../lexicon/words'
import type { CatalogueIndex } from '../link/catalogue-index'
import { isDimension } from '../link/field'
import { toStems } from '../link/field-phrases'
import { isPluralWord } from '../link/mentions'
import type { Question } from '../question'
import { stem } from '../stem'
import type { Token } from '../tokenise'
import { vocabularyOf } from './vocabulary'

export interface CorrectedQuestion {
  /** Nothing of it is claimed. */
  readonly question: Question
  /** What was read otherwise, for people: `“erors” is read as “errors”`. */
  readonly notes: readonly string[]
}

/**
 * The question with words that nobody understood read as the known ones that they are a slip of; null when none of
 * them is. Only words: what stands in quotes, and names with digits or marks in them, are meant as they stand.
 *
 * @param unknown indexes of the tokens that nobody understood
 */
export function correctSpelling(
  { text, tokens }: Question,
  unknown: readonly number[],
  index: CatalogueIndex,
): CorrectedQuestion | null {
  const vocabulary = vocabularyOf(index)
  const notes: string[] = []
  const wanted = new Set(unknown)
  const corrected = tokens.map((token) => {
    const isUnknown = wanted.has(token.index) && !isBeforeName(tokens, token.index, index)
    const meant = isUnknown ? meantWord(token, vocabulary) : undefined
    if (meant === undefined) return token
    notes.push(`“${token.text}” is read as “${meant}”`)
    return { ...token, lower: meant, words: [meant] }
  })
  if (notes.length === 0) return null
  return { question: { text, tokens: corrected, claims: corrected.map(() => null) }, notes }
}

const LETTERS_MIN = 5
/** From so many letters on, two mistakes are still a slip. */
const LONG = 10

/** "the cards service": what stands before the name of a field is rather a value that the catalogue does not show. */
function isBeforeName(tokens: readonly Token[], at: number, { logs, spans }: CatalogueIndex): boolean {
  const next = tokens[at + 1]
  if (next?.kind !== 'word' || isPluralWord(next.lower) || RECORD_NOUNS.has(next.lower)) return false
  if (severityOf(next.lower) !== undefined) return false
  const stems = toStems([next.lower])
  const links = [logs, spans].flatMap(({ names }) => names.get(stems)?.slice(0, 1) ?? [])
  return links.some(({ field, strength }) => strength >= NAME_STRENGTH_MIN && isDimension(field))
}

const NAME_STRENGTH_MIN = 0.8

function meantWord({ kind, lower }: Token, vocabulary: ReadonlySet<string>): string | undefined {
  if (kind !== 'word' || lower.length < LETTERS_MIN || vocabulary.has(lower)) return undefined
  let meant: string | undefined
  let least = (lower.length >= LONG ? 2 : 1) + 1
  for (const word of vocabulary) {
    if (Math.abs(word.length - lower.length) >= least || !isSlipOf(lower, word) || isFormOf(lower, word))
      continue
    const mistakes = editDistance(lower, word)
    if (mistakes < least) {
      meant = word
      least = mistakes
    }
  }
  return meant
}

/** "paged" is a word of its own, not "page" or "pages" with a slip. */
function isFormOf(word: string, known: string): boolean {
  if (stem(word) === stem(known)) return true
  const ending = /(?:ed|er|ing|ly|or)$/.exec(word)?.[0]
  return (
    ending !== undefined && stem(word.slice(0, -ending.length)) === stem(known.replace(/(?:s|e|es)$/, ''))
  )
}
