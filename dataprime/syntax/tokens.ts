import type { TextRange } from '../tree/ast'

/** Signs and operators of the language; the kind of such a token is its text. */
export const PUNCTUATION = [
  '|',
  '||',
  '&&',
  '==',
  '!=',
  '~',
  '~~',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  '.',
  ':',
  '->',
  '=>',
  '=',
  '@',
] as const

/** Operators of other languages, read as tokens of their own so that they can be named in a message. */
export const FOREIGN_PUNCTUATION = [
  '<>',
  '=~',
  '~=',
  '!~~',
  '=<',
  '!~',
  '===',
  '!==',
  '??',
  '?',
  '&',
  ';',
] as const

export type TokenKind =
  | (typeof PUNCTUATION)[number]
  | (typeof FOREIGN_PUNCTUATION)[number]
  | 'name'
  | 'namespace'
  | 'number'
  | 'interval'
  | 'string'
  | 'regex'
  /** The parts of an interpolated string: `` ` ``, literal text, `{`, `}`, `` ` ``. */
  | 'template-start'
  | 'template-text'
  | 'template-open'
  | 'template-close'
  | 'template-end'
  /** Characters that stand for nothing; the lexer has reported them. */
  | 'bad'
  /** The end of the text, once, last. */
  | 'end'

export interface Comment extends TextRange {
  readonly style: 'line' | 'block'
}

/**
 * One token. `text` is its source text. `value` is the text of a string or of a template's literal part
 * with its escapes resolved, the pattern of a regular expression, and otherwise the same as `text`.
 * `comments` are those between the token before and this one.
 */
export interface Token extends TextRange {
  readonly kind: TokenKind
  readonly text: string
  readonly value: string
  readonly comments: readonly Comment[]
  /** False for a string or regular expression that does not end; the lexer has reported it. */
  readonly closed: boolean
}
