import { closestWord, isSlipOf } from '#dataprime'
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
    const meant = wanted.has(token.index) ? meantWord(token, vocabulary) : undefined
    if (meant === undefined) return token
    notes.push(`“${token.text}” is read as “${meant}”`)
    return { ...token, lower: meant, words: [meant] }
  })
  if (notes.length === 0) return null
  return { question: { text, tokens: corrected, claims: corrected.map(() => null) }, notes }
}

const LETTERS_MIN = 5

function meantWord({ kind, lower }: Token, vocabulary: ReadonlySet<string>): string | undefined {
  if (kind !== 'word' || lower.length < LETTERS_MIN || vocabulary.has(lower)) return undefined
  const near = [...vocabulary].filter((word) => isSlipOf(lower, word) && !isFormOf(lower, word))
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
