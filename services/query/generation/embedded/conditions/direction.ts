import type { Field } from '../link/field'
import { splitWords } from '../split-words'

const AWAY_WORDS = new Set([
  'peer',
  'target',
  'destination',
  'dest',
  'dst',
  'called',
  'callee',
  'upstream',
  'receiver',
  'recipient',
  'payee',
  'beneficiary',
  'to',
  'remote',
  'downstream',
])
const NEAR_WORDS = new Set([
  'source',
  'src',
  'origin',
  'sender',
  'payer',
  'caller',
  'from',
  'client',
  'originator',
])

/** True for a field about the other side of a call or transfer: the peer, the destination, the payee. */
export function facesAway(field: Field): boolean {
  return namesAny(field, AWAY_WORDS) && !field.nameWords.includes('addr')
}

/** True for a field about the side a call or transfer comes from. */
export function facesNear(field: Field): boolean {
  return namesAny(field, NEAR_WORDS)
}

function namesAny(field: Field, words: ReadonlySet<string>): boolean {
  return (
    field.nameWords.some((word) => words.has(word)) ||
    splitWords(field.description)
      .slice(0, 6)
      .some((word) => words.has(word) && word !== 'to' && word !== 'from')
  )
}

const TOWARDS = new Set([
  'to',
  'towards',
  'toward',
  'into',
  'calling',
  'against',
  'onto',
  'targeting',
  'called',
  'call',
  'calls',
])
const FROM = new Set(['from', 'by', 'out'])

/** Whether a preposition before a value points to the other side, to the near one, or says nothing. */
export function directionOf(word: string): 'away' | 'near' | null {
  if (TOWARDS.has(word)) return 'away'
  return FROM.has(word) ? 'near' : null
}
