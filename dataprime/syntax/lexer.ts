/**
 * Text to tokens, in one pass over the character codes and in time linear in the length of the text, for
 * any text at all. Comments are kept as trivia of the token after them. What cannot be a token is reported
 * and skipped or passed on as a `bad` token; the lexer never throws.
 */

import { COMMAND_WORDS } from '../catalogue/commands'
import * as problem from '../diagnostics/codes'
import { type Diagnostic, insertText, type Report, replaceText, withFix } from '../diagnostics/diagnostic'
import type { TextRange } from '../tree/ast'
import {
  closingTypographicQuote,
  isDigit,
  isLineEnd,
  isUnusualWhiteSpace,
  isWordPart,
  isWordStart,
  nonAsciiLetterLength,
} from './characters'
import { escapeString, unescapeText } from './escapes'
import { scanNumber } from './scan-number'
import { readSpokenInterval } from './spoken-interval'
import type { Comment, Token, TokenKind } from './tokens'

/** All tokens of the text, the last of kind `end`. */
export function tokenize(text: string, report: Report): readonly Token[] {
  return new Lexer(text, report).run()
}

const NO_COMMENTS: readonly Comment[] = []

/** After a token of these kinds a slash divides; anywhere else it begins a regular expression. */
const OPERAND_ENDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'name',
  'namespace',
  'number',
  'interval',
  'string',
  'regex',
  'template-end',
  ')',
  ']',
  '}',
])

/** Words that other languages put between an operand and a regular expression. */
const WORDS_BEFORE_REGEX: ReadonlySet<string> = new Set([
  'matches',
  'matching',
  'like',
  'rlike',
  'contains',
  'regex',
  'using',
])

/** Signs that word processors and books have in the place of those of the language. */
const TYPOGRAPHIC_SIGNS: ReadonlyMap<number, TokenKind> = new Map<number, TokenKind>([
  [0x2260, '!='],
  [0x2264, '<='],
  [0x2265, '>='],
  [0x2013, '-'],
  [0x2212, '-'],
])

/** Commands with a query in parentheses, where another stage begins. */
const SUBQUERY_COMMANDS: ReadonlySet<string> = new Set(['join', 'union', 'stitch'])

/** An expression inside an interpolated string: where its brace is and how many braces are open within it. */
interface OpenTemplate {
  readonly brace: number
  depth: number
}

class Lexer {
  readonly #text: string
  readonly #report: Report
  readonly #tokens: Token[] = []
  #at = 0
  #comments: Comment[] | null = null

  /** Innermost last. Non-empty while reading an expression inside an interpolated string. */
  readonly #templates: OpenTemplate[] = []

  /** The command of the stage, how many tokens of it there are so far, and how many of its brackets are open. */
  #command = ''
  #stageTokens = 0
  #openBrackets = 0

  /**
   * Offsets up to which a closing quote or slash is known to be missing. Without them a text of many
   * opening quotes would be searched to its end for each of them.
   */
  readonly #unclosedUntil = new Map<number, number>()
  #unclosedClassUntil = 0
  #unusualWhiteSpaceReported = false

  constructor(text: string, report: Report) {
    this.#text = text
    this.#report = report
  }

  run(): readonly Token[] {
    for (;;) {
      this.#skipTrivia()
      if (this.#at >= this.#text.length) break
      this.#readToken()
    }
    this.#closeTemplates()
    this.#push('end', this.#at)
    return this.#tokens
  }

  #code(ahead = 0): number {
    return this.#text.charCodeAt(this.#at + ahead)
  }

  /** Adds the token from the current offset to `end` and moves behind it. */
  #push(kind: TokenKind, end: number, value?: string, closed = true): void {
    const start = this.#at
    const text = this.#text.slice(start, end)
    this.#tokens.push({
      kind,
      text,
      value: value ?? text,
      start,
      end,
      comments: this.#comments ?? NO_COMMENTS,
      closed,
    })
    this.#comments = null
    this.#at = end
    if (kind === '|' || (kind === '(' && SUBQUERY_COMMANDS.has(this.#command))) {
      this.#stageTokens = 0
      this.#openBrackets = 0
      this.#command = ''
    } else {
      if (this.#stageTokens === 0) this.#command = text.toLowerCase()
      // Behind the parenthesis that ends a sub-query its last command no longer holds.
      if (kind === ')' && this.#openBrackets === 0) this.#command = ''
      if (kind === '(' || kind === '[') this.#openBrackets++
      else if (kind === ')' || kind === ']') this.#openBrackets--
      this.#stageTokens++
    }
  }

  #pushSign(kind: TokenKind): void {
    this.#push(kind, this.#at + kind.length, kind)
  }

  // -------------------------------------------------------------------------------------------------------
  // White space and comments

  #skipTrivia(): void {
    for (;;) {
      const code = this.#code()
      if (code === 32 || (code >= 9 && code <= 13 && code !== 11)) this.#at++
      else if (code === 35 /* # */) this.#lineComment()
      else if (code === 47 /* / */ && this.#code(1) === 47) this.#lineComment()
      else if (code === 47 && this.#code(1) === 42 /* * */) this.#blockComment()
      else if (code === 45 /* - */ && this.#atSqlComment()) this.#sqlComment()
      else if (code >= 0x0b && isUnusualWhiteSpace(code)) this.#unusualWhiteSpace()
      else return
    }
  }

  #lineComment(): void {
    const end = this.#lineEnd(this.#at)
    this.#comment({ start: this.#at, end, style: 'line' })
  }

  /** Two hyphens after white space and before a blank: `a - -b` has none of the two together. */
  #atSqlComment(): boolean {
    if (this.#code(1) !== 45) return false
    const before = this.#code(-1)
    const after = this.#code(2)
    return !(before > 32) && !(after > 32)
  }

  #sqlComment(): void {
    const range = { start: this.#at, end: this.#at + 2 }
    this.#report(withFix(problem.sqlComment(range), 'use //', replaceText(range, '//')))
    this.#lineComment()
  }

  #blockComment(): void {
    const close = this.#text.indexOf('*/', this.#at + 2)
    const end = close === -1 ? this.#text.length : close + 2
    const range = { start: this.#at, end }
    this.#report(close === -1 ? problem.unterminatedComment(range) : problem.blockComment(range))
    this.#comment({ ...range, style: 'block' })
  }

  #comment(comment: Comment): void {
    this.#comments ??= []
    this.#comments.push(comment)
    this.#at = comment.end
  }

  #unusualWhiteSpace(): void {
    const start = this.#at
    while (isUnusualWhiteSpace(this.#code())) this.#at++
    // A byte order mark at the very start is the mark of a file, not of the query.
    if (this.#unusualWhiteSpaceReported || (start === 0 && this.#text.charCodeAt(0) === 0xfeff)) return
    this.#unusualWhiteSpaceReported = true
    const range = { start, end: this.#at }
    this.#report(withFix(problem.unusualWhiteSpace(range), 'use a blank', replaceText(range, ' ')))
  }

  #lineEnd(from: number): number {
    let end = from
    while (end < this.#text.length && !isLineEnd(this.#text.charCodeAt(end))) end++
    return end
  }

  // -------------------------------------------------------------------------------------------------------
  // Tokens

  #readToken(): void {
    const code = this.#code()
    const sign = this.#sign(code)
    if (isWordStart(code)) this.#name()
    else if (sign !== undefined) this.#pushSign(sign)
    else if (isDigit(code)) this.#number()
    else if (code === 39 || code === 34 /* ' " */) this.#string(code)
    else if (code === 36 /* $ */) this.#namespace()
    else if (code === 124 /* | */) this.#pipe()
    else if (code === 47 /* / */) this.#slash()
    else if (code === 96 /* ` */) this.#backtick()
    else if (code === 123 /* { */) this.#openBrace()
    else if (code === 125 /* } */) this.#closeBrace()
    else if (closingTypographicQuote(code) !== undefined) this.#typographicString(code)
    else if (TYPOGRAPHIC_SIGNS.has(code)) this.#typographicSign(TYPOGRAPHIC_SIGNS.get(code) as TokenKind)
    else if (nonAsciiLetterLength(this.#text, this.#at) > 0) this.#name()
    else this.#strayCharacters()
  }

  #sign(code: number): TokenKind | undefined {
    const next = this.#code(1)
    switch (code) {
      case 40:
        return '('
      case 41:
        return ')'
      case 91:
        return '['
      case 93:
        return ']'
      case 44:
        return ','
      case 46:
        return '.'
      case 58:
        return ':'
      case 64:
        return '@'
      case 43:
        return '+'
      case 42:
        return '*'
      case 37:
        return '%'
      case 59:
        return ';'
      case 45: // -
        return next === 62 ? '->' : '-'
      case 38: // &
        return next === 38 ? '&&' : '&'
      case 126: // ~
        if (next === 61 && this.#code(2) !== 61) return '~='
        return next === 126 ? '~~' : '~'
      case 63: // ?
        return next === 63 ? '??' : '?'
      case 60: // <
        return next === 61 ? '<=' : next === 62 ? '<>' : '<'
      case 62: // >
        return next === 61 ? '>=' : '>'
      case 33: // !
        if (next === 126) return this.#code(2) === 126 ? '!~~' : '!~'
        return next !== 61 ? '!' : this.#code(2) === 61 ? '!==' : '!='
      case 61: // =
        if (next === 60 && this.#code(2) !== 61) return '=<'
        if (next === 62) return '=>'
        if (next === 126) return '=~'
        return next !== 61 ? '=' : this.#code(2) === 61 ? '===' : '=='
    }
    return undefined
  }

  #typographicSign(meant: TokenKind): void {
    const range = { start: this.#at, end: this.#at + 1 }
    const diagnostic = problem.unexpectedCharacter(range, this.#text.charAt(this.#at))
    this.#report(withFix(diagnostic, `use ${meant}`, replaceText(range, meant)))
    this.#push(meant, range.end, meant)
  }

  /** "|" is never part of an expression, so it ends every interpolated string that is still open. */
  #pipe(): void {
    if (this.#code(1) === 124) {
      this.#pushSign('||')
    } else {
      this.#closeTemplates()
      this.#pushSign('|')
    }
  }

  /** Name = (letter | "_") { letter | digit | "_" }; letters outside ASCII are accepted with a warning. */
  #name(): void {
    const start = this.#at
    const end = this.#wordEnd(start)
    let ascii = true
    for (let index = start; index < end && ascii; index++) ascii = this.#text.charCodeAt(index) < 0x80
    if (!ascii) this.#report(problem.nonAsciiName({ start, end }, this.#text.slice(start, end)))
    this.#push('name', end)
  }

  #wordEnd(from: number): number {
    let end = from
    for (;;) {
      const code = this.#text.charCodeAt(end)
      if (isWordPart(code)) end++
      else {
        const length = code >= 0x80 ? nonAsciiLetterLength(this.#text, end) : 0
        if (length === 0) return end
        end += length
      }
    }
  }

  /** Namespace = "$" name */
  #namespace(): void {
    const end = this.#wordEnd(this.#at + 1)
    if (end === this.#at + 1) this.#strayCharacters()
    else this.#push('namespace', end)
  }

  /** Reads at least one character, and all others after it that cannot begin a token either. */
  #strayCharacters(): void {
    let end = this.#at + 1
    while (end < this.#text.length && this.#isStray(end)) end++
    const range = { start: this.#at, end }
    this.#report(problem.unexpectedCharacter(range, this.#text.slice(range.start, range.end)))
    this.#push('bad', end)
  }

  #isStray(at: number): boolean {
    const code = this.#text.charCodeAt(at)
    if (code < 0x80) return code < 9 || (code > 13 && code < 32) || code === 92 || code === 94 || code === 127
    return (
      !isUnusualWhiteSpace(code) &&
      closingTypographicQuote(code) === undefined &&
      !TYPOGRAPHIC_SIGNS.has(code) &&
      nonAsciiLetterLength(this.#text, at) === 0
    )
  }

  #number(): void {
    const start = this.#at
    const { kind, end, shape, form } = scanNumber(this.#text, start)
    const text = this.#text.slice(start, end)
    const range = { start, end }
    if (shape === 'malformed' || shape === 'disordered') {
      this.#malformedNumber(kind, range, shape)
      return
    }
    if (shape === 'undocumented') this.#report(problem.undocumentedForm(range, form))
    this.#push(kind, end, shape === 'undocumented' ? text.replaceAll('_', '') : text)
  }

  /** Digits with letters that are no unit; `5min` and `30m1h` are read as the intervals they say. */
  #malformedNumber(kind: 'number' | 'interval', range: TextRange, shape: 'malformed' | 'disordered'): void {
    const text = this.#text.slice(range.start, range.end)
    const diagnose = shape === 'malformed' ? problem.malformedNumber : problem.malformedInterval
    const meant = readSpokenInterval(text)
    if (meant === undefined) {
      this.#report(diagnose(range, text))
      this.#push(kind, range.end)
    } else {
      this.#report(withFix(diagnose(range, text), `use ${meant}`, replaceText(range, meant)))
      this.#push('interval', range.end, meant)
    }
  }

  // -------------------------------------------------------------------------------------------------------
  // Strings and regular expressions

  /** String = "'" { character | escape } "'", on one line; the same with double quotes is reported by the parser. */
  #string(quote: number): void {
    const sign = String.fromCharCode(quote)
    const close = this.#closing(quote, this.#at + 1)
    if (close === undefined && this.#closedByOther(quote)) return
    this.#quoted('string', close, (range) =>
      withFix(problem.unterminatedString(range, sign), `add ${sign}`, insertText(range.end, sign)),
    )
  }

  /** A string that begins with one quote and ends with the other, which stands in it once. */
  #closedByOther(quote: number): boolean {
    const start = this.#at
    const inside = this.#text.slice(start + 1, this.#unclosedEnd(start + 1))
    const [sign, other] = quote === 39 ? ["'", '"'] : ['"', "'"]
    const length = inside.indexOf(other)
    if (length === -1 || inside.includes(other, length + 1)) return false
    const end = start + 1 + length
    const mismatch = problem.unterminatedString({ start, end: end + 1 }, sign)
    this.#report(withFix(mismatch, `use ${sign}`, replaceText({ start: end, end: end + 1 }, sign)))
    this.#push('string', end + 1, unescapeText(inside.slice(0, length)))
    return true
  }

  /** Adds what stands between an opening character and the closing one at `close`, if there is one. */
  #quoted(
    kind: 'string' | 'regex',
    close: number | undefined,
    unclosed: (range: TextRange) => Diagnostic,
  ): void {
    const start = this.#at
    const end = close ?? this.#unclosedEnd(start + 1)
    const raw = this.#text.slice(start + 1, end)
    if (close === undefined) this.#report(unclosed({ start, end }))
    const tokenEnd = close === undefined ? end : close + 1
    this.#push(kind, tokenEnd, kind === 'string' ? unescapeText(raw) : raw, close !== undefined)
  }

  /** The offset of the closing character on this line, or undefined when there is none. */
  #closing(closer: number, from: number): number | undefined {
    if (from <= (this.#unclosedUntil.get(closer) ?? -1)) return undefined
    let at = from
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === closer) return at
      if (isLineEnd(code)) break
      if (code === 92 /* \ */ && !isLineEnd(this.#text.charCodeAt(at + 1))) at++
    }
    this.#unclosedUntil.set(closer, at)
    return undefined
  }

  /**
   * Where a string that is never closed is taken to end: before the next `| command` or at the end of the
   * line, so that the stages after the mistake are still read.
   */
  #unclosedEnd(from: number): number {
    let end = from
    for (; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end)
      if (isLineEnd(code) || (code === 124 && this.#commandFollows(end + 1))) break
    }
    while (end > from && this.#text.charCodeAt(end - 1) === 32) end--
    return end
  }

  #commandFollows(from: number): boolean {
    let start = from
    while (this.#text.charCodeAt(start) === 32 && start - from < MOST_BLANKS) start++
    let end = start
    while (isWordPart(this.#text.charCodeAt(end)) && end - start < LONGEST_COMMAND) end++
    // Single letters are commands too, but stand behind pipes in too many patterns.
    return (
      end - start > 1 &&
      !isWordPart(this.#text.charCodeAt(end)) &&
      COMMAND_WORDS.has(this.#text.slice(start, end))
    )
  }

  #typographicString(code: number): void {
    const start = this.#at
    const quote = String.fromCharCode(code)
    const closer = closingTypographicQuote(code) as string
    const close = this.#closing(closer.charCodeAt(0), start + 1)
    const opening = { start, end: start + 1 }
    const diagnostic = problem.typographicQuote(opening, quote)
    if (close === undefined) this.#report(diagnostic)
    else {
      const straight = `'${escapeString(unescapeText(this.#text.slice(start + 1, close)), "'")}'`
      const whole = replaceText({ start, end: close + 1 }, straight)
      this.#report(withFix(diagnostic, 'use straight quotes', whole))
    }
    this.#quoted('string', close, (range) => problem.unterminatedString(range, closer))
  }

  #slash(): void {
    if (this.#operandExpected()) this.#regex()
    else this.#pushSign('/')
  }

  /** Whether the parser is about to read an operand, so that a slash begins a regular expression. */
  #operandExpected(): boolean {
    const previous = this.#tokens.at(-1)
    if (previous === undefined || !OPERAND_ENDS.has(previous.kind)) return true
    // `redact field /pattern/` is the one place where an operand stands right before a pattern.
    if (this.#command === 'redact' && this.#openBrackets === 0) return true
    if (previous.kind !== 'name') return false
    if (this.#stageTokens === 1) return true
    const before = this.#tokens.at(-2)
    return (
      this.#stageTokens > 2 &&
      WORDS_BEFORE_REGEX.has(previous.text.toLowerCase()) &&
      before !== undefined &&
      OPERAND_ENDS.has(before.kind)
    )
  }

  /** Regex = "/" { character | "\/" } "/", on one line. */
  #regex(): void {
    this.#quoted('regex', this.#regexClose(this.#at + 1), (range) => problem.unterminatedRegex(range))
  }

  /** A slash within a character class closes nothing, unless the regex would then never be closed. */
  #regexClose(from: number): number | undefined {
    const plain = this.#closing(47, from)
    if (plain === undefined || from < this.#unclosedClassUntil) return plain
    const classAware = this.#regexCloseOutsideClasses(from)
    if (classAware === undefined) return plain
    if (classAware !== plain) {
      this.#report(
        problem.undocumentedForm(
          { start: plain, end: plain + 1 },
          'a bare / in a character class',
          'write \\/',
        ),
      )
    }
    return classAware
  }

  #regexCloseOutsideClasses(from: number): number | undefined {
    let inClass = false
    let at = from
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (isLineEnd(code)) break
      if (code === 92) at++
      else if (code === 91) inClass = true
      else if (code === 93) inClass = false
      else if (code === 47 && !inClass) return at
    }
    this.#unclosedClassUntil = at
    return undefined
  }

  // -------------------------------------------------------------------------------------------------------
  // Interpolated strings

  #backtick(): void {
    if (this.#code(1) === 96 && this.#code(2) === 96) {
      this.#markdownFence()
    } else if (this.#templates.length > 0 && this.#isBehindOperand()) {
      this.#closeTemplateWithoutBrace()
    } else {
      this.#pushMark('template-start')
      this.#templateText(this.#at - 1)
    }
  }

  #pushMark(kind: 'template-start' | 'template-end' | 'template-open' | 'template-close'): void {
    this.#push(kind, this.#at + 1)
  }

  /** A Markdown fence is reported and skipped with the language name behind it. */
  #markdownFence(): void {
    const start = this.#at
    let end = start
    while (this.#text.charCodeAt(end) === 96) end++
    const wordEnd = this.#wordEnd(end)
    if (isLineEnd(this.#text.charCodeAt(wordEnd))) end = wordEnd
    this.#report(problem.markdownFence({ start, end }))
    this.#at = end
  }

  /** TemplateText = { character | escape }, up to the closing backtick or the brace of an expression. */
  #templateText(opened: number): void {
    const start = this.#at
    const knownUnclosed = start < (this.#unclosedUntil.get(96) ?? 0)
    const stop = knownUnclosed ? start : this.#templateTextEnd(start)
    const code = knownUnclosed ? Number.NaN : this.#text.charCodeAt(stop)
    const closed = code === 96 || code === 123
    if (!closed && !knownUnclosed) this.#unclosedUntil.set(96, stop)
    const end = closed ? stop : this.#unclosedEnd(start)
    if (end > start) this.#push('template-text', end, unescapeText(this.#text.slice(start, end)))
    if (code === 123) {
      this.#templates.push({ brace: this.#at, depth: 0 })
      this.#pushMark('template-open')
    } else if (code === 96) {
      this.#pushMark('template-end')
    } else {
      this.#report(problem.unterminatedTemplate({ start: opened, end }, '` before the end of the line'))
      this.#push('template-end', end, '', false)
    }
  }

  #templateTextEnd(from: number): number {
    let end = from
    for (; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end)
      if (code === 96 || code === 123 || isLineEnd(code)) break
      if (code === 92 && !isLineEnd(this.#text.charCodeAt(end + 1))) end++
    }
    return Math.min(end, this.#text.length)
  }

  #isBehindOperand(): boolean {
    const previous = this.#tokens.at(-1)
    return previous !== undefined && OPERAND_ENDS.has(previous.kind)
  }

  /** A backtick behind an operand begins no other: it closes the string around the braces, one of which was forgotten. */
  #closeTemplateWithoutBrace(): void {
    const { brace } = this.#templates.pop() as OpenTemplate
    const diagnostic = problem.unterminatedTemplate({ start: brace, end: brace + 1 }, '} before `')
    this.#report(withFix(diagnostic, 'add }', insertText(this.#at, '}')))
    this.#push('template-close', this.#at)
    this.#pushMark('template-end')
  }

  #openBrace(): void {
    const template = this.#templates.at(-1)
    if (template !== undefined) template.depth++
    this.#pushSign('{')
  }

  #closeBrace(): void {
    const template = this.#templates.at(-1)
    if (template === undefined || template.depth > 0) {
      if (template !== undefined) template.depth--
      this.#pushSign('}')
    } else {
      this.#templates.pop()
      const opened = this.#at
      this.#pushMark('template-close')
      this.#templateText(opened)
    }
  }

  /** Gives every interpolated string that is still open its end, so that the parser finds them whole. */
  #closeTemplates(): void {
    const innermost = this.#templates.at(-1)
    if (innermost === undefined) return
    this.#report(
      problem.unterminatedTemplate({ start: innermost.brace, end: innermost.brace + 1 }, '} and `'),
    )
    for (; this.#templates.length > 0; this.#templates.pop()) {
      this.#push('template-close', this.#at)
      this.#push('template-end', this.#at)
    }
  }
}

const MOST_BLANKS = 8
const LONGEST_COMMAND = 16
