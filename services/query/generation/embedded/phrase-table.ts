import type { Token } from './tokenise'

export interface PhraseMatch<T> {
  readonly value: T
  /** Index after the last token of the phrase. */
  readonly end: number
}

export interface PhraseTable<T> {
  /** The longest phrase that starts with the token at `start`. */
  match(tokens: readonly Token[], start: number): PhraseMatch<T> | null
}

interface Entry<T> {
  readonly words: readonly string[]
  readonly value: T
}

/**
 * A table from fixed phrases to what they mean, the phrases of one meaning in a text with commas between them.
 * Phrases are lower-case words with single blanks; a token matches a word when its lower-case text is equal to it.
 */
export function createPhraseTable<T>(
  groups: readonly (readonly [meaning: T, phrases: string])[],
): PhraseTable<T> {
  const byFirstWord = new Map<string, Entry<T>[]>()
  for (const [value, phrases] of groups) {
    for (const phrase of phrases.split(', ')) {
      const words = phrase.split(' ')
      const first = words[0] as string
      const entries = byFirstWord.get(first) ?? []
      entries.push({ words, value })
      byFirstWord.set(first, entries)
    }
  }
  for (const entries of byFirstWord.values()) entries.sort((a, b) => b.words.length - a.words.length)

  return {
    match(tokens, start) {
      const first = tokens[start]
      if (first === undefined || isMarked(first)) return null
      const entry = byFirstWord
        .get(first.lower)
        ?.find(({ words }) => words.every((word, offset) => fits(tokens, start + offset, word)))
      return entry === undefined ? null : { value: entry.value, end: start + entry.words.length }
    },
  }
}

function fits(tokens: readonly Token[], index: number, word: string): boolean {
  const token = tokens[index]
  return token !== undefined && token.lower === word && !isMarked(token)
}

/** What stands in quotes or backticks is data, never a word of the question. */
function isMarked(token: Token): boolean {
  return token.kind === 'quoted' || token.kind === 'backticked'
}
