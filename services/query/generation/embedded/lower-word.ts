import type { Token } from './tokenise'

/** A token as a lower-case word of the question: '' past the ends and for what stands in quotes or backticks. */
export function lowerWord(tokens: readonly Token[], index: number): string {
  const token = tokens[index]
  return token === undefined || token.kind === 'quoted' || token.kind === 'backticked' ? '' : token.lower
}
