import { type Token, tokenise } from './tokenise'

/** The part of the engine that understood a token; kept for tests and for the explanation of leftovers. */
export type Mechanism =
  | 'time'
  | 'bucket'
  | 'projection'
  | 'order'
  | 'limit'
  | 'ratio'
  | 'measure'
  | 'group'
  | 'having'
  | 'condition'
  | 'subject'
  | 'record'
  | 'follow-up'
  | 'filler'

/**
 * A tokenised question and who has understood which of its tokens. Mechanisms run one after the other; each
 * claims the tokens it read, and the later ones only look at what is still free.
 */
export interface Question {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly claims: (Mechanism | null)[]
}

export function askQuestion(text: string): Question {
  const tokens = tokenise(text)
  return { text, tokens, claims: tokens.map(() => null) }
}

/** The same tokens with the claims made so far, so that a second reading cannot disturb the first. */
export function forkQuestion(question: Question): Question {
  return { ...question, claims: [...question.claims] }
}

export function claim(question: Question, start: number, end: number, mechanism: Mechanism): void {
  for (let index = start; index < end; index += 1) question.claims[index] ??= mechanism
}

export function isFree(question: Question, index: number): boolean {
  return index >= 0 && index < question.tokens.length && question.claims[index] === null
}

export function areFree(question: Question, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (!isFree(question, index)) return false
  return end <= question.tokens.length
}

/** The token as lower-case text, '' past either end: saves every mechanism its bounds checks. */
export function lowerAt(question: Question, index: number): string {
  return question.tokens[index]?.lower ?? ''
}

/** The text the tokens were read from, from the first to the last of them. */
export function textOf(question: Question, start: number, end: number): string {
  const first = question.tokens[start]
  const last = question.tokens[end - 1]
  return first === undefined || last === undefined ? '' : question.text.slice(first.start, last.end)
}
