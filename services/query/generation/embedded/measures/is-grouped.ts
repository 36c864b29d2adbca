import type { Question } from '../question'
import { wordSet } from '../word-set'

const GROUPING_WORDS = wordSet('per by each every grouped across split')

/** Whether a question speaks of groups anywhere, before it is known which. */
export function isGrouped({ tokens }: Question): boolean {
  return tokens.some(({ lower }) => GROUPING_WORDS.has(lower))
}
