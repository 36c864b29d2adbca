/** Numbers, intervals and strings, and what people write for them. */
import * as problem from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { printString } from '../format/print'
import type { Expression } from '../tree/ast'
import { intervalNanoseconds } from './interval'
import { readSpokenInterval } from './spoken-interval'
import { rangeOf, type TokenStream } from './token-stream'
import type { Token, TokenKind } from './tokens'

/** Whether a number or interval stands here, with or without its sign. */
export function atNumeric(s: TokenStream): boolean {
  if (!s.at('-')) return isNumeric(s.token.kind)
  return isNumeric(s.peek().kind) && s.peek().start === s.token.end
}

export function atNumber(s: TokenStream): boolean {
  return atNumeric(s) && (s.at('-') ? s.peek() : s.token).kind === 'number'
}

export function isNumeric(kind: TokenKind): boolean {
  return kind === 'number' || kind === 'interval'
}

/** A number, or an interval in words: a unit behind a number, which no other name follows. */
export function parseQuantity(s: TokenStream): Expression {
  const { start, end } = s.token
  const unit = s.peek()
  const behind = s.peek(2).kind
  const named = unit.kind === 'name' && unit.text.length >= SHORTEST_UNIT_WORD
  const spoken = named && behind !== '(' && behind !== '.' && unit.start > end
  const text = spoken ? readSpokenInterval(s.slice(start, unit.end)) : undefined
  if (text === undefined) return parseNumeric(s)
  s.advance()
  s.advance()
  const range = s.rangeFrom(start)
  const diagnostic = problem.spokenInterval(range, s.slice(range.start, range.end), text)
  s.warn(withFix(diagnostic, `use ${text}`, replaceText(range, text)))
  return { kind: 'IntervalLiteral', text, nanoseconds: intervalNanoseconds(text), range }
}

/** A shorter word behind a number may be anything, such as `as` or `by`. */
const SHORTEST_UNIT_WORD = 3

/** .5 */
export function parseFraction(s: TokenStream): Expression {
  const { start } = s.advance()
  const text = `0.${s.advance().text}`
  const range = s.rangeFrom(start)
  const diagnostic = problem.malformedNumber(range, s.slice(start, range.end))
  s.warn(withFix(diagnostic, `use ${text}`, replaceText(range, text)))
  return { kind: 'NumberLiteral', text, value: Number(text), range }
}

/** Numeric = [ "-" ] (number | interval) */
export function parseNumeric(s: TokenStream): Expression {
  const start = s.token.start
  const sign = s.eat('-') ? '-' : ''
  const token = s.advance()
  const text = sign + token.value
  const range = s.rangeFrom(start)
  if (token.kind === 'interval')
    return { kind: 'IntervalLiteral', text, nanoseconds: intervalNanoseconds(text), range }
  return { kind: 'NumberLiteral', text, value: Number(text), range }
}

/** String, one token; also the pieces of an SQL string whose quotes are doubled. */
export function parseString(s: TokenStream): Expression {
  const token = s.advance()
  warnDoubleQuotes(s, token)
  const quote = token.text.startsWith('"') ? 'double' : 'single'
  let value = token.value
  while (
    s.at('string') &&
    s.token.start === s.previousEnd &&
    s.token.text.charAt(0) === token.text.charAt(0)
  ) {
    value += token.text.charAt(0) + s.advance().value
  }
  const range = s.rangeFrom(token.start)
  if (range.end > token.end) {
    const written = printString(value)
    s.warn(withFix(problem.doubledQuote(range), `use ${written}`, replaceText(range, written)))
  }
  return { kind: 'StringLiteral', value, quote, range }
}

export function warnDoubleQuotes(s: TokenStream, token: Token): void {
  if (!token.text.startsWith('"')) return
  const written = printString(token.value)
  const diagnostic = problem.doubleQuotes(rangeOf(token))
  s.warn(
    token.closed ? withFix(diagnostic, `use ${written}`, replaceText(rangeOf(token), written)) : diagnostic,
  )
}

/** interval '1 hour' or interval 1 day, as SQL writes them; undefined for a field of that name. */
export function parseSqlInterval(s: TokenStream): Expression | undefined {
  const { start } = s.token
  const amount = s.peek()
  const unit = s.peek(2)
  const inString = amount.kind === 'string'
  if (!inString && (amount.kind !== 'number' || unit.kind !== 'name')) return undefined
  const words = inString && unit.kind === 'name' && /^[0-9.]+$/.test(amount.value)
  const value = inString && !words ? amount.value : `${amount.value} ${unit.text}`
  const text = readSpokenInterval(value)
  if (text === undefined) return undefined
  for (let taken = inString && !words ? 2 : 3; taken > 0; taken--) s.advance()
  const range = s.rangeFrom(start)
  const diagnostic = problem.spokenInterval(range, s.slice(start, range.end), text)
  s.warn(withFix(diagnostic, `use ${text}`, replaceText(range, text)))
  return { kind: 'IntervalLiteral', text, nanoseconds: intervalNanoseconds(text), range }
}

/** Literals as other languages spell them; here they are names of fields. */
const LITERAL_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['NULL', 'null'],
  ['Null', 'null'],
  ['None', 'null'],
  ['nil', 'null'],
  ['undefined', 'null'],
  ['TRUE', 'true'],
  ['True', 'true'],
  ['FALSE', 'false'],
  ['False', 'false'],
])

export function warnLiteralCase(s: TokenStream, name: Token, next: Token): void {
  const meant = LITERAL_SPELLINGS.get(name.text)
  if (meant === undefined || next.kind === '.' || next.kind === '[') return
  const range = rangeOf(name)
  s.warn(withFix(problem.literalSpelling(range, name.text, meant), `use ${meant}`, replaceText(range, meant)))
}
