import { COMMAND_WORDS } from '../catalogue/commands'
import { signaturesOf } from '../catalogue/functions'
import * as problem from '../diagnostics/codes'
import { type Diagnostic, type Report, replaceText, withFix } from '../diagnostics/diagnostic'
import { DIAGNOSTICS_KEPT_MAX } from '../diagnostics/diagnostic-list'
import { createSuggester } from '../diagnostics/suggestion'
import type { TextRange } from '../tree/ast'
import { FOREIGN_COMMANDS } from './foreign/commands'
import type { Token, TokenKind } from './tokens'

/** Levels of brackets, prefix operators and sub-queries. The call stack holds many times as many. */
export const NESTING_MAX = 200

/**
 * What ends an expression besides the usual, by the place it stands in; a set of flags. Inside brackets
 * none of them holds.
 */
export const ENDS_AT_AND = 1
export const ENDS_AT_EQUALS = 2
export const ENDS_AT_COLON = 4
/** A name and an opening parenthesis with a blank between them are not a call unless there is such a function. */
export const ENDS_AT_SPACED_PARENTHESIS = 8
/** A colon before a literal is the wrong sign of an arm of a case, and no comparison. */
export const ENDS_AT_ARM_COLON = 16

export const STARTS_OPERAND: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'name',
  'namespace',
  'number',
  'interval',
  'string',
  'regex',
  'template-start',
  '(',
  '[',
  '{',
  '@',
  '!',
  '-',
])

/** After these an operand may have ended; a star is all fields of SQL. */
const CLOSES_OPERAND: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'name',
  'namespace',
  'number',
  'string',
  'template-end',
  ')',
  ']',
  '*',
])

/**
 * The tokens with a cursor, and all that parsing and recovery share. No method moves the cursor past the
 * `end` token, so a loop that ends at `end` ends.
 */
export class TokenStream {
  readonly #tokens: readonly Token[]
  #report: Report
  #index = 0
  #depth = 0
  #failedAt = -1

  /** The closest of some words, for a hint. */
  readonly suggest = createSuggester(DIAGNOSTICS_KEPT_MAX)
  /** The token at the cursor. */
  token: Token
  /** Where the last token that was taken ends. */
  previousEnd = 0
  /** How often reading could not go on. What was skipped then is not in the tree. */
  failures = 0
  /** The flags of `ENDS_AT_…` that hold at the moment. */
  ends = 0

  /** The text that the tokens were read from. */
  readonly source: string

  constructor(source: string, tokens: readonly Token[], report: Report) {
    this.source = source
    this.#tokens = tokens
    this.#report = report
    this.token = tokens[0] as Token
  }

  /** Takes the token at the cursor. */
  advance(): Token {
    const taken = this.token
    if (taken.kind !== 'end') {
      this.previousEnd = taken.end
      this.token = this.#tokens[++this.#index] as Token
    }
    return taken
  }

  peek(ahead = 1): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)] as Token
  }

  at(kind: TokenKind): boolean {
    return this.token.kind === kind
  }

  /** A mark of the place of the cursor, for `textSince`. */
  get mark(): number {
    return this.#index
  }

  /** The text between two offsets as it was written. */
  slice(start: number, end: number): string {
    return this.source.slice(start, end)
  }

  /** The tokens taken since a mark, without comments, one blank between them. */
  textSince(mark: number): string {
    return this.#tokens
      .slice(mark, this.#index)
      .map(({ text }) => text)
      .join(' ')
  }

  /** Takes the token when it is of this kind. */
  eat(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false
    this.advance()
    return true
  }

  /** Takes a sign that is required here; a missing one is reported. */
  expect(kind: TokenKind): boolean {
    if (this.eat(kind)) return true
    this.fail(problem.expectedToken(this.here(), kind, this.found()))
    return false
  }

  /** Whether the token is this word, in any case: words of clauses are not reserved and not told apart by case. */
  atWord(word: string): boolean {
    return isWord(this.token, word)
  }

  /** Takes the token when it is this word; a word that is not in lower case gets a warning. */
  eatWord(word: string): boolean {
    if (!this.atWord(word)) return false
    this.takeWord()
    return true
  }

  /** Takes the first of the words that stands here. */
  eatOneOf<Word extends string>(words: readonly Word[]): Word | undefined {
    const word = words.find((word) => this.atWord(word))
    if (word !== undefined) this.takeWord()
    return word
  }

  takeWord(): Token {
    const token = this.advance()
    if (token.text !== token.text.toLowerCase()) this.warn(lowerCase(token))
    return token
  }

  // -------------------------------------------------------------------------------------------------------
  // Reporting

  /**
   * Reports that the parser cannot go on here. Of several such reports at one token only the first is kept:
   * the others say the same from further up. What the lexer has reported is not reported again: a `bad`
   * token, or what a string that is never closed has swallowed.
   */
  fail(diagnostic: Diagnostic): void {
    if (this.#failedAt === this.#index) return
    this.#failedAt = this.#index
    this.failures++
    if (this.token.kind !== 'bad' && this.#tokens[this.#index - 1]?.closed !== false) this.#report(diagnostic)
  }

  /** Reports something that does not keep the parser from going on. */
  warn(diagnostic: Diagnostic): void {
    this.#report(diagnostic)
  }

  /** Reads something and holds back what is reported meanwhile. */
  capture<Result>(read: () => Result): { readonly result: Result; readonly held: readonly Diagnostic[] } {
    const held: Diagnostic[] = []
    const report = this.#report
    this.#report = (diagnostic) => {
      held.push(diagnostic)
    }
    const result = read()
    this.#report = report
    return { result, held }
  }

  /** Reports what was held back. */
  release(held: readonly Diagnostic[]): void {
    for (const diagnostic of held) this.#report(diagnostic)
  }

  /** The place of the token, or the end of the text before it where the stage has ended. */
  here(): TextRange {
    const { kind, start, end } = this.token
    return kind === 'end' || kind === '|'
      ? { start: this.previousEnd, end: this.previousEnd }
      : { start, end }
  }

  /** The text of the token, empty where the stage has ended. */
  found(): string {
    const { kind, text } = this.token
    return kind === 'end' || kind === '|' ? '' : text
  }

  rangeFrom(start: number): TextRange {
    return { start, end: Math.max(start, this.previousEnd) }
  }

  // -------------------------------------------------------------------------------------------------------
  // Nesting

  /** Goes one level down. At the limit it reports, skips what is nested there and answers false. */
  enter(): boolean {
    if (this.#depth < NESTING_MAX) {
      this.#depth++
      return true
    }
    this.fail(problem.nestingTooDeep(this.here(), NESTING_MAX))
    this.skipToPipe()
    // What is still open above cannot be closed any more, and need not be reported.
    this.#failedAt = this.#index
    return false
  }

  leave(): void {
    this.#depth--
  }

  // -------------------------------------------------------------------------------------------------------
  // Recovery

  canStartOperand(token = this.token): boolean {
    return STARTS_OPERAND.has(token.kind)
  }

  /** Whether a stage ends here: at a pipe, the end of the text, or the parenthesis that closes a sub-query. */
  atStageEnd(): boolean {
    const { kind } = this.token
    return kind === '|' || kind === 'end' || kind === ')'
  }

  /**
   * Whether a word and a name after it follow an operand in what is left of the stage, outside brackets:
   * a clause of another language. Answers how many commas stand before it.
   */
  findClause(word: string): { readonly commas: number } | undefined {
    let depth = 0
    let commas = 0
    for (let ahead = 0; ; ahead++) {
      const token = this.peek(ahead)
      const { kind } = token
      if (kind === '|' || kind === '||' || kind === 'end' || depth < 0) return undefined
      if (kind === '(' || kind === '[' || kind === '{') depth++
      else if (kind === ')' || kind === ']' || kind === '}') depth--
      else if (depth === 0 && kind === ',') commas++
      else if (depth === 0 && this.#followsOperand(ahead)) {
        const after = this.peek(ahead + 1).kind
        if (isWord(token, word) && (after === 'name' || after === 'string')) return { commas }
        if (this.#beginsStage(ahead)) return undefined
      }
    }
  }

  /**
   * Whether a sign or word stands ahead before the element of the list ends, outside brackets. Words of
   * `stops` end the element too.
   */
  elementHolds(found: (token: Token) => boolean, stops: readonly string[] = []): boolean {
    let depth = 0
    for (let ahead = 1; ; ahead++) {
      const token = this.peek(ahead)
      const { kind } = token
      if (kind === 'end' || kind === '|') return false
      if (kind === '(' || kind === '[' || kind === '{' || kind === 'template-open') depth++
      else if (kind === ')' || kind === ']' || kind === '}' || kind === 'template-close') {
        if (depth === 0) return false
        depth--
      } else if (depth === 0) {
        if (kind === ',' || stops.some((word) => isWord(token, word))) return false
        if (found(token)) return true
      }
    }
  }

  /** Whether a comma, or `as` with a name behind it, stands directly within the bracket at the cursor. */
  bracketHoldsList(): boolean {
    let depth = 0
    for (let ahead = 0; ; ahead++) {
      const token = this.peek(ahead)
      const { kind } = token
      if (kind === 'end' || kind === '|') return false
      if (kind === '(' || kind === '[' || kind === '{' || kind === 'template-open') depth++
      else if (kind === ')' || kind === ']' || kind === '}' || kind === 'template-close') {
        if (--depth === 0) return false
      } else if (depth === 1 && (kind === ',' || (isWord(token, 'as') && this.#names(ahead)))) return true
    }
  }

  #names(ahead: number): boolean {
    const { kind } = this.peek(ahead + 1)
    return CLOSES_OPERAND.has(this.peek(ahead - 1).kind) && (kind === 'name' || kind === 'namespace')
  }

  #followsOperand(ahead: number): boolean {
    if (ahead === 0) return false
    const before = this.peek(ahead - 1)
    return CLOSES_OPERAND.has(before.kind) && !isWord(before, 'as') && !isWord(before, 'by')
  }

  /** Skips to the next pipe, or the parenthesis that closes this sub-query; pipes of sub-queries in between do not count. */
  skipToPipe(inSubquery = false): void {
    let depth = 0
    let subqueryDepth = 0
    for (; this.token.kind !== 'end'; this.advance()) {
      const { kind } = this.token
      if (kind === '|' && subqueryDepth === 0) return
      if (kind === '(') {
        depth++
        if (subqueryDepth === 0 && (isWord(this.peek(), 'source') || isWord(this.peek(), 'from')))
          subqueryDepth = depth
      } else if (kind === ')') {
        if (depth === 0 && inSubquery) return
        depth = Math.max(0, depth - 1)
        if (depth < subqueryDepth) subqueryDepth = 0
      }
    }
  }

  /** Skips to a comma, closing bracket or word of `words` that belongs to the list being read, or to the end of the stage. */
  skipToListPoint(words: readonly string[] = []): void {
    let depth = 0
    for (; ; this.advance()) {
      const { kind } = this.token
      if (kind === 'end' || kind === '|') return
      if (kind === '(' || kind === '[' || kind === '{' || kind === 'template-open') depth++
      else if (kind === ')' || kind === ']' || kind === '}' || kind === 'template-close') {
        if (depth === 0) return
        depth--
      } else if (depth === 0 && (kind === ',' || words.some((word) => this.atWord(word)))) return
    }
  }

  /** Reports the token as one that does not belong here, naming the closest of the words that would. */
  failUnexpected(command: string | null, words: readonly string[] = []): void {
    const { kind, text } = this.token
    const suggestion = kind === 'name' ? this.suggest(text, words) : undefined
    this.fail(problem.unexpectedToken(this.here(), this.found(), command, suggestion))
  }

  /** Whether a command word stands here that nothing before it can take: a pipe was forgotten. */
  atForgottenPipe(): boolean {
    return this.#beginsStage(0)
  }

  /** Whether `||` stands between two stages. Between conditions it may be followed by a field named like a command. */
  atDoublePipe(): boolean {
    return this.token.kind === '||' && STARTS_OPERAND.has(this.peek(2).kind) && this.#beginsStage(1)
  }

  #beginsStage(ahead: number): boolean {
    const { kind, text } = this.peek(ahead)
    if (kind !== 'name' || text.length < 3) return false
    const next = this.peek(ahead + 1).kind
    if (!COMMAND_WORDS.has(text))
      return FOREIGN_COMMANDS.has(text) && STARTS_OPERAND.has(next) && next !== '('
    if (next === '(') return signaturesOf(text).length === 0
    return next === 'end' || next === '|' || (STARTS_OPERAND.has(next) && next !== '-' && next !== '[')
  }
}

export function isWord(token: Token, word: string): boolean {
  if (token.kind !== 'name') return false
  const { text } = token
  return text === word || (text.length === word.length && text.toLowerCase() === word)
}

/** A word that the language has in lower case. */
export function lowerCase(token: Token): Diagnostic {
  const range = rangeOf(token)
  const word = token.text.toLowerCase()
  return withFix(problem.wordCase(range, token.text), `use ${word}`, replaceText(range, word))
}

export function rangeOf(token: Token): TextRange {
  return { start: token.start, end: token.end }
}
