import type { Field } from '../link/field'
import { wordSet } from '../word-set'

const TOWARDS = wordSet('to towards toward into calling against onto targeting called call calls')
const FROM = wordSet('from by out')

/** The side of a call or transfer that a word before a value points to, null for other words. */
export function directionOf(word: string): Field['side'] {
  if (TOWARDS.has(word)) return 'away'
  return FROM.has(word) ? 'near' : null
}
