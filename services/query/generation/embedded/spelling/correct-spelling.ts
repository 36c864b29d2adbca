import { closestWord, editDistance, isSlipOf } from '#dataprime'
import type { Question } from '../question'
import { stem } from '../stem'
import type { Token } from '../tokenise'

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
  vocabulary: ReadonlySet<string>,
): CorrectedQuestion | null {
  const notes: string[] = []
  const wanted = new Set(unknown)
  const corrected = tokens.map((token) => {
    const isUnknown = wanted.has(token.index) && !isBesideName(tokens, token.index, vocabulary)
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
function isBesideName(tokens: readonly Token[], at: number, vocabulary: ReadonlySet<string>): boolean {
  const next = tokens[at + 1]?.lower ?? ''
  return (
    /^(service|host|pod|tenant|namespace|region|queue|table|job|version|user)$/.test(next) &&
    vocabulary.has(next)
  )
}

function meantWord({ kind, lower }: Token, vocabulary: ReadonlySet<string>): string | undefined {
  if (kind !== 'word' || lower.length < LETTERS_MIN || vocabulary.has(lower)) return undefined
  const most = lower.length >= LONG ? 2 : 1
  const near: string[] = []
  for (const word of vocabulary) {
    if (Math.abs(word.length - lower.length) > most || !isSlipOf(lower, word) || isFormOf(lower, word))
      continue
    if (editDistance(lower, word) <= most) near.push(word)
  }
  return closestWord(lower, near)
}

/** "paged" is a word of its own, not "page" or "pages" with a slip. */
function isFormOf(word: string, known: string): boolean {
  if (stem(word) === stem(known)) return true
  const ending = /(?:ed|er|ing|ly|or)$/.exec(word)?.[0]
  return (
    ending !== undefined && stem(word.slice(0, -ending.length)) === stem(known.replace(/(?:s|e|es)$/, ''))
  )
}
