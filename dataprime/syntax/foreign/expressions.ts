/**
 * Forms of expressions that other languages have and this one has not. Each is reported with the right
 * form as its hint, and read as the tree of that right form, so that the rest of the query is still checked.
 */

import * as problem from '../../diagnostics/codes'
import type { Argument, BinaryOperator, Expression, TextRange } from '../../tree/ast'
import { BINARY_PRECEDENCE } from '../precedence'
import {
  ENDS_AT_AND,
  ENDS_AT_COLON,
  ENDS_AT_EQUALS,
  isWord,
  rangeOf,
  type TokenStream,
} from '../token-stream'
import type { Token, TokenKind } from '../tokens'

type ParseOperators = (s: TokenStream, least: number) => Expression

/** Signs with one operator to take their place. */
const SIGNS: ReadonlyMap<TokenKind, BinaryOperator> = new Map<TokenKind, BinaryOperator>([
  ['=', '=='],
  ['===', '=='],
  ['<>', '!='],
  ['!==', '!='],
  ['&', '&&'],
  ['=~', '~'],
  ['!~', '~'],
])

const EQUALITY = BINARY_PRECEDENCE['==']

/** Reads on after `left` when a foreign operator follows that binds at least as tightly as `least`. */
export function parseForeignInfix(
  s: TokenStream,
  start: number,
  left: Expression,
  least: number,
  parseOperators: ParseOperators,
): Expression | undefined {
  const { kind } = s.token
  if (kind === 'name') return parseInfixWord(s, start, left, least, parseOperators)
  if (kind === '??' && least <= 1) return parseNullCoalescing(s, start, left, parseOperators)
  const operator = SIGNS.get(kind)
  if (operator === undefined || BINARY_PRECEDENCE[operator] < least) return undefined
  if (kind === '=' && (s.ends & ENDS_AT_EQUALS) !== 0) return undefined
  return parseSign(s, start, left, operator, parseOperators)
}

function parseSign(
  s: TokenStream,
  start: number,
  left: Expression,
  operator: BinaryOperator,
  parseOperators: ParseOperators,
): Expression {
  const sign = s.advance()
  const operatorRange = rangeOf(sign)
  const right = parseOperators(s, BINARY_PRECEDENCE[operator] + 1)
  const range = s.rangeFrom(start)
  const comparison = comparisonOf(sign.kind, operator, operatorRange, left, right, range)
  if (sign.kind === '=') s.warn(problem.singleEquals(operatorRange))
  else s.warn(problem.foreignOperator(operatorRange, sign.text, replacementOf(sign.kind, operator, right)))
  return sign.kind === '!~'
    ? { kind: 'UnaryExpression', operator: '!', operand: comparison, range }
    : comparison
}

/** Matching a regular expression is a method here, the operator ~ searches for a phrase. */
function comparisonOf(
  kind: TokenKind,
  operator: BinaryOperator,
  operatorRange: TextRange,
  left: Expression,
  right: Expression,
  range: TextRange,
): Expression {
  if ((kind === '=~' || kind === '!~') && right.kind === 'RegexLiteral') {
    return methodCall(left, 'matches', operatorRange, [right], range)
  }
  return { kind: 'BinaryExpression', operator, operatorRange, left, right, range }
}

function replacementOf(kind: TokenKind, operator: BinaryOperator, right: Expression): string {
  const matches = right.kind === 'RegexLiteral'
  if (kind === '=~') return matches ? 'value.matches(/…/)' : '~ for a phrase, or value.matches(/…/)'
  if (kind === '!~') return matches ? '!value.matches(/…/)' : "!(value ~ '…')"
  return operator
}

/** a ?? b ?? c: one call for the whole chain. */
function parseNullCoalescing(
  s: TokenStream,
  start: number,
  left: Expression,
  parseOperators: ParseOperators,
): Expression {
  const first = rangeOf(s.token)
  const values = [left]
  while (s.at('??')) {
    s.warn(problem.foreignOperator(rangeOf(s.advance()), '??', 'firstNonNull(a, b)'))
    values.push(parseOperators(s, BINARY_PRECEDENCE['||'] + 1))
  }
  return call('firstNonNull', first, values, s.rangeFrom(start))
}

/** condition ? a : b, with the cursor at the question mark. */
export function parseTernary(
  s: TokenStream,
  start: number,
  condition: Expression,
  parseExpression: (s: TokenStream) => Expression,
): Expression {
  const sign = s.advance()
  s.warn(problem.ternary(rangeOf(sign)))
  if (!s.enter()) return condition
  const outer = s.ends
  s.ends |= ENDS_AT_COLON
  const values = [parseExpression(s)]
  s.ends = outer
  if (s.expect(':')) values.push(parseExpression(s))
  s.leave()
  return call('if', rangeOf(sign), [condition, ...values], s.rangeFrom(start))
}

/** not a; NOT a */
export function parseForeignPrefix(s: TokenStream, parseOperand: () => Expression): Expression | undefined {
  if (!isWord(s.token, 'not') || !s.canStartOperand(s.peek()) || s.peek().kind === '-') return undefined
  if (!s.enter()) return undefined
  const word = s.advance()
  s.warn(problem.wordOperator(rangeOf(word), word.text, '!'))
  const operand = parseOperand()
  s.leave()
  return { kind: 'UnaryExpression', operator: '!', operand, range: s.rangeFrom(word.start) }
}

// ---------------------------------------------------------------------------------------------------------
// Words between operands

const WORD_OPERATORS: ReadonlyMap<string, '&&' | '||'> = new Map([
  ['and', '&&'],
  ['or', '||'],
])

/** Words that compare, with the method that does so here. */
const WORD_METHODS: ReadonlyMap<string, string> = new Map([
  ['in', 'in'],
  ['like', 'contains'],
  ['ilike', 'contains'],
  ['has', 'contains'],
  ['contains', 'contains'],
  ['matches', 'matches'],
  ['rlike', 'matches'],
  ['regexp', 'matches'],
  ['startswith', 'startsWith'],
  ['endswith', 'endsWith'],
])

function parseInfixWord(
  s: TokenStream,
  start: number,
  left: Expression,
  least: number,
  parseOperators: ParseOperators,
): Expression | undefined {
  const { text } = s.token
  // The longest of these words has ten letters; most names after an operand are words of a clause.
  if (text.length > 10) return undefined
  const word = text.toLowerCase()
  const operator = WORD_OPERATORS.get(word)
  if (operator !== undefined) return parseWordOperator(s, start, left, least, operator, parseOperators)
  if (least > EQUALITY || left.kind === 'MissingExpression') return undefined
  if (word === 'is') return parseIs(s, start, left)
  const negated = word === 'not' ? s.token : undefined
  const comparing = negated === undefined ? s.token : s.peek()
  if (isWord(comparing, 'between') && s.canStartOperand(s.peek(negated === undefined ? 1 : 2))) {
    return parseInfixBetween(s, start, left, negated, parseOperators)
  }
  const method = comparing.kind === 'name' ? WORD_METHODS.get(comparing.text.toLowerCase()) : undefined
  if (method === undefined || !s.canStartOperand(s.peek(negated === undefined ? 1 : 2))) return undefined
  return parseWordMethod(s, start, left, negated, method, parseOperators)
}

function parseWordOperator(
  s: TokenStream,
  start: number,
  left: Expression,
  least: number,
  operator: '&&' | '||',
  parseOperators: ParseOperators,
): Expression | undefined {
  const precedence = BINARY_PRECEDENCE[operator]
  if (precedence < least || !s.canStartOperand(s.peek())) return undefined
  if (operator === '&&' && (s.ends & ENDS_AT_AND) !== 0) return undefined
  const word = s.advance()
  s.warn(problem.wordOperator(rangeOf(word), word.text, operator))
  const right = parseOperators(s, precedence + 1)
  const operatorRange = rangeOf(word)
  return { kind: 'BinaryExpression', operator, operatorRange, left, right, range: s.rangeFrom(start) }
}

/** a is [not] null */
function parseIs(s: TokenStream, start: number, left: Expression): Expression | undefined {
  const negated = isWord(s.peek(), 'not')
  const nullWord = s.peek(negated ? 2 : 1)
  if (!isWord(nullWord, 'null')) return undefined
  const first = s.advance()
  if (negated) s.advance()
  s.advance()
  const operatorRange = { start: first.start, end: nullWord.end }
  const operator = negated ? '!=' : '=='
  s.warn(problem.infixWord(operatorRange, negated ? 'is not null' : 'is null', `${operator} null`))
  const right: Expression = { kind: 'NullLiteral', range: rangeOf(nullWord) }
  return { kind: 'BinaryExpression', operator, operatorRange, left, right, range: s.rangeFrom(start) }
}

/** a between b and c */
function parseInfixBetween(
  s: TokenStream,
  start: number,
  left: Expression,
  not: Token | undefined,
  parseOperators: ParseOperators,
): Expression {
  if (not !== undefined) s.advance()
  const word = s.advance()
  const operatorRange = { start: (not ?? word).start, end: word.end }
  const hint = not === undefined ? 'value >= low && value <= high' : 'value < low || value > high'
  s.warn(problem.infixWord(operatorRange, not === undefined ? 'between' : 'not between', hint))
  const outer = s.ends
  s.ends |= ENDS_AT_AND
  const low = parseOperators(s, EQUALITY + 1)
  s.ends = outer
  const high = s.eatWord('and') ? parseOperators(s, EQUALITY + 1) : undefined
  const range = s.rangeFrom(start)
  const binary = (operator: BinaryOperator, a: Expression, b: Expression): Expression => {
    return { kind: 'BinaryExpression', operator, operatorRange, left: a, right: b, range }
  }
  // The right form names the value twice. Only a plain keypath is put into the tree twice: copies of copies
  // would make a tree that grows without bounds.
  const both =
    high === undefined || !isPlainKeypath(left)
      ? binary('>=', left, low)
      : binary('&&', binary('>=', left, low), binary('<=', left, high))
  return not === undefined ? both : { kind: 'UnaryExpression', operator: '!', operand: both, range }
}

function isPlainKeypath(expression: Expression): boolean {
  return expression.kind === 'Keypath' && expression.segments.every(({ kind }) => kind === 'NameSegment')
}

const METHOD_HINTS: ReadonlyMap<string, string> = new Map([
  ['in', 'value.in(a, b)'],
  ['contains', "value.contains('…')"],
  ['matches', 'value.matches(/…/)'],
  ['startsWith', "value.startsWith('…')"],
  ['endsWith', "value.endsWith('…')"],
])

/** a in (b, c); a not like 'b%' */
function parseWordMethod(
  s: TokenStream,
  start: number,
  left: Expression,
  not: Token | undefined,
  method: string,
  parseOperators: ParseOperators,
): Expression {
  if (not !== undefined) s.advance()
  const word = s.advance()
  const operatorRange = { start: (not ?? word).start, end: word.end }
  const pattern = method === 'in' ? parseCandidates(s, parseOperators) : [parseOperators(s, EQUALITY + 1)]
  const [name, operands] = word.text.toLowerCase().endsWith('like') ? likeMethod(pattern) : [method, pattern]
  const found = not === undefined ? word.text : `${not.text} ${word.text}`
  const hint = METHOD_HINTS.get(name) as string
  s.warn(problem.infixWord(operatorRange, found.toLowerCase(), not === undefined ? hint : `!${hint}`))
  const range = s.rangeFrom(start)
  const comparison = methodCall(left, name, operatorRange, operands, range)
  return not === undefined
    ? comparison
    : { kind: 'UnaryExpression', operator: '!', operand: comparison, range }
}

/** The values after `in`: a list in parentheses or brackets, or one value. */
function parseCandidates(s: TokenStream, parseOperators: ParseOperators): readonly Expression[] {
  if (!s.at('(') && !s.at('[')) return [parseOperators(s, EQUALITY + 1)]
  const closer = s.at('(') ? ')' : ']'
  if (!s.enter()) return []
  s.advance()
  const outer = s.ends
  s.ends = 0
  const values: Expression[] = []
  while (!s.at(closer)) {
    values.push(parseOperators(s, 1))
    if (!s.eat(',')) break
  }
  s.expect(closer)
  s.ends = outer
  s.leave()
  return values
}

/** `like` with its percent signs as the method that means the same. */
function likeMethod(operands: readonly Expression[]): readonly [string, readonly Expression[]] {
  const pattern = operands[0]
  if (pattern?.kind !== 'StringLiteral') return ['contains', operands]
  const { value } = pattern
  const open = value.startsWith('%')
  const close = value.endsWith('%')
  const bare = { ...pattern, value: value.replace(/^%|%$/g, '') }
  if (close && !open) return ['startsWith', [bare]]
  return open && !close ? ['endsWith', [bare]] : ['contains', [bare]]
}

/** case when … end, with the cursor at `case`: skipped up to its `end` or the end of the stage. */
export function skipSqlCase(s: TokenStream): Expression {
  const start = s.token.start
  s.warn(problem.sqlCase({ start, end: s.peek().end }))
  while (!s.at('|') && s.token.kind !== 'end' && !s.eatWord('end')) s.advance()
  return { kind: 'MissingExpression', range: s.rangeFrom(start) }
}

function call(
  name: string,
  nameRange: TextRange,
  values: readonly Expression[],
  range: TextRange,
): Expression {
  return { kind: 'CallExpression', name, nameRange, arguments: values.map(argument), range }
}

function methodCall(
  target: Expression,
  name: string,
  nameRange: TextRange,
  values: readonly Expression[],
  range: TextRange,
): Expression {
  return { kind: 'MethodCallExpression', target, name, nameRange, arguments: values.map(argument), range }
}

function argument(value: Expression): Argument {
  return { kind: 'Argument', name: null, value, range: value.range }
}
