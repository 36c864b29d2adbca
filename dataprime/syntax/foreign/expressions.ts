/**
 * Forms of expressions that other languages have and this one has not. Each is reported with the right
 * form as its hint and its fix, and read as the tree of that right form, so that the rest of the query is
 * still checked.
 */
import * as problem from '../../diagnostics/codes'
import { insertText, replaceText, type TextEdit, withFix } from '../../diagnostics/diagnostic'
import { printExpression } from '../../format/print'
import type { Argument, BinaryOperator, Expression, TextRange } from '../../tree/ast'
import { toPattern } from '../pattern'
import { BINARY_PRECEDENCE, POSTFIX_PRECEDENCE, PREFIX_PRECEDENCE, precedenceOf } from '../precedence'
import {
  ENDS_AT_AND,
  ENDS_AT_ARM_COLON,
  ENDS_AT_COLON,
  ENDS_AT_EQUALS,
  isWord,
  rangeOf,
  type TokenStream,
} from '../token-stream'
import type { Token, TokenKind } from '../tokens'

type ParseOperators = (s: TokenStream, least: number) => Expression

/** An operand that has been read: its node and the text it was read from, parentheses included. */
interface Operand {
  readonly node: Expression
  readonly start: number
  readonly end: number
}

/** Reads an operand and keeps where its text begins and ends. */
function readOperand(s: TokenStream, parse: () => Expression): Operand {
  const { start } = s.token
  const node = parse()
  return { node, start, end: s.previousEnd }
}

/** What to write around an operand so that something that binds at `precedence` may follow or precede it. */
function parenthesesFor({ node, start }: Operand, precedence: number): readonly [string, string] {
  const inParentheses = node.range.start > start
  return inParentheses || precedenceOf(node) >= precedence ? ['', ''] : ['(', ')']
}

/** Signs with one operator to take their place. */
const SIGNS: ReadonlyMap<TokenKind, BinaryOperator> = new Map<TokenKind, BinaryOperator>([
  ['=', '=='],
  ['===', '=='],
  ['<>', '!='],
  ['!==', '!='],
  ['&', '&&'],
  ['=~', '~'],
  ['~=', '~'],
  ['!~~', '~~'],
  ['=<', '<='],
  ['=>', '>='],
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
  const operand = { node: left, start, end: s.previousEnd }
  if (kind === 'name') return parseInfixWord(s, operand, least, parseOperators)
  if (kind === '!' && least <= EQUALITY) return parseNegatedWord(s, operand, parseOperators)
  if (kind === '??' && least <= 1) return parseNullCoalescing(s, operand, parseOperators)
  const operator = SIGNS.get(kind)
  if (operator === undefined || BINARY_PRECEDENCE[operator] < least) return undefined
  if (kind === '=' && (s.ends & ENDS_AT_EQUALS) !== 0) return undefined
  if (kind === '=>' && (s.ends & ENDS_AT_ARM_COLON) !== 0) return undefined
  return parseSign(s, operand, operator, parseOperators)
}

function parseSign(
  s: TokenStream,
  left: Operand,
  operator: BinaryOperator,
  parseOperators: ParseOperators,
): Expression {
  const sign = s.advance()
  const operatorRange = rangeOf(sign)
  const right = readOperand(s, () => parseOperators(s, BINARY_PRECEDENCE[operator] + 1))
  const range = s.rangeFrom(left.start)
  if (operator === '~' || operator === '~~') return parseMatch(s, sign, operator, left, right)
  const diagnostic =
    sign.kind === '='
      ? problem.singleEquals(operatorRange)
      : problem.foreignOperator(operatorRange, sign.text, operator)
  s.warn(withFix(diagnostic, `use ${operator}`, replaceText(operatorRange, operator)))
  return { kind: 'BinaryExpression', operator, operatorRange, left: left.node, right: right.node, range }
}

/** a =~ /b/; a !~ 'b': matching a regular expression is a method here, the operator ~ searches for a phrase. */
function parseMatch(
  s: TokenStream,
  sign: Token,
  operator: '~' | '~~',
  left: Operand,
  right: Operand,
): Expression {
  const operatorRange = rangeOf(sign)
  const range = s.rangeFrom(left.start)
  const negated = sign.kind.startsWith('!')
  const pattern = looksLikePattern(right.node) ? toPattern(right.node) : right.node
  const matches = pattern.kind === 'RegexLiteral'
  const plain = matches ? 'value.matches(/…/)' : '~ for a phrase, or value.matches(/…/)'
  const replacement = !negated ? plain : matches ? '!value.matches(/…/)' : "!(value ~ '…')"
  const diagnostic = problem.foreignOperator(operatorRange, sign.text, replacement)
  const edits = matches ? matchEdits(left, right, pattern) : [replaceText(operatorRange, operator)]
  const fixed = negated ? negate(edits, left.start, right.end, matches ? '!' : '!(') : edits
  s.warn(
    right.node.kind === 'MissingExpression'
      ? diagnostic
      : withFix(diagnostic, `use ${replacement}`, ...fixed),
  )
  const comparison: Expression = matches
    ? methodCall(left.node, 'matches', operatorRange, [pattern], range)
    : { kind: 'BinaryExpression', operator, operatorRange, left: left.node, right: right.node, range }
  return negated ? { kind: 'UnaryExpression', operator: '!', operand: comparison, range } : comparison
}

function matchEdits(left: Operand, right: Operand, pattern: Expression): readonly TextEdit[] {
  const { start, end } = right
  const closing =
    pattern === right.node
      ? insertText(end, ')')
      : replaceText({ start, end }, `${printExpression(pattern)})`)
  return methodEdits(left, 'matches', start, [closing])
}

/** A string that only makes sense as a regular expression; others may be phrases. */
function looksLikePattern(expression: Expression): boolean {
  return (
    expression.kind === 'StringLiteral' &&
    /\.[*+?]|^\^|\$$|\\[dwsDWSb.]|\[[^\]]+\][*+?]?|\(\?|[^|]\|[^|]/.test(expression.value)
  )
}

/** The edits that make `left … right` into `left.name(right`, and those that close the call. */
function methodEdits(
  left: Operand,
  name: string,
  argumentsStart: number,
  closing: readonly TextEdit[],
): readonly TextEdit[] {
  const [open, close] = parenthesesFor(left, POSTFIX_PRECEDENCE)
  return [
    ...(open === '' ? [] : [insertText(left.start, open)]),
    replaceText({ start: left.end, end: argumentsStart }, `${close}.${name}(`),
    ...closing,
  ]
}

/** Edits of a comparison from `start` to `end` with `!` or `!(` before it. */
function negate(
  edits: readonly TextEdit[],
  start: number,
  end: number,
  sign: '!' | '!(',
): readonly TextEdit[] {
  const opened = mergeInsertion(edits, start, sign, 'before')
  return sign === '!' ? opened : mergeInsertion(opened, end, ')', 'after')
}

/** Two insertions at one place are one edit, so that their order is told. */
function mergeInsertion(
  edits: readonly TextEdit[],
  offset: number,
  text: string,
  side: 'before' | 'after',
): readonly TextEdit[] {
  const there = edits.find(({ range }) => range.start === offset && range.end === offset)
  if (there === undefined) return [...edits, insertText(offset, text)]
  const newText = side === 'before' ? text + there.newText : there.newText + text
  return edits.map((edit) => (edit === there ? insertText(offset, newText) : edit))
}

/** A longer chain was not written by a person, and each of its links is an edit. */
const CHAIN_FIXED_MAX = 100

/** a ?? b ?? c: one call for the whole chain. */
function parseNullCoalescing(s: TokenStream, left: Operand, parseOperators: ParseOperators): Expression {
  const first = rangeOf(s.token)
  const signs: TextRange[] = []
  const values = [left.node]
  while (s.at('??')) {
    signs.push({ start: s.previousEnd, end: s.token.end })
    s.advance()
    values.push(parseOperators(s, BINARY_PRECEDENCE['||'] + 1))
  }
  const range = s.rangeFrom(left.start)
  const diagnostic = problem.foreignOperator(first, '??', 'firstNonNull(a, b)')
  const edits = () => [
    insertText(left.start, 'firstNonNull('),
    ...signs.map((sign) => replaceText(sign, ',')),
    insertText(range.end, ')'),
  ]
  const fixable = signs.length <= CHAIN_FIXED_MAX
  s.warn(fixable ? withFix(diagnostic, 'use firstNonNull(a, b)', ...edits()) : diagnostic)
  return call('firstNonNull', first, values, range)
}

/** condition ? a : b, with the cursor at the question mark. */
export function parseTernary(
  s: TokenStream,
  start: number,
  condition: Expression,
  parseExpression: (s: TokenStream) => Expression,
): Expression {
  const question = { start: s.previousEnd, end: s.token.end }
  const sign = s.advance()
  const diagnostic = problem.ternary(rangeOf(sign))
  if (!s.enter()) {
    s.warn(diagnostic)
    return condition
  }
  const outer = s.ends
  s.ends |= ENDS_AT_COLON
  const values = [parseExpression(s)]
  s.ends = outer
  const colon = { start: s.previousEnd, end: s.token.end }
  if (s.expect(':')) values.push(parseExpression(s))
  s.leave()
  const range = s.rangeFrom(start)
  const fixed = withFix(
    diagnostic,
    'use if(condition, then, else)',
    insertText(start, 'if('),
    replaceText(question, ','),
    replaceText(colon, ','),
    insertText(range.end, ')'),
  )
  s.warn(values.length === 2 ? fixed : diagnostic)
  return call('if', rangeOf(sign), [condition, ...values], range)
}

/** not a; NOT a */
export function parseForeignPrefix(s: TokenStream, parseOperand: () => Expression): Expression | undefined {
  if (!isWord(s.token, 'not') || !s.canStartOperand(s.peek()) || s.peek().kind === '-') return undefined
  if (isFieldBeforeClause(s) || !s.enter()) return undefined
  const word = s.advance()
  const operand = readOperand(s, parseOperand)
  s.leave()
  const [open, close] = parenthesesFor(operand, PREFIX_PRECEDENCE)
  s.warn(
    withFix(
      problem.wordOperator(rangeOf(word), word.text, '!'),
      'use !',
      replaceText({ start: word.start, end: operand.start }, `!${open}`),
      ...(close === '' ? [] : [insertText(operand.end, close)]),
    ),
  )
  return { kind: 'UnaryExpression', operator: '!', operand: operand.node, range: s.rangeFrom(word.start) }
}

const CLAUSE_WORDS = ['as', 'asc', 'by', 'desc', 'from', 'into', 'keep', 'to', 'using'] as const

const BEGINS_CLAUSE_OR_ENDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'name',
  'namespace',
  'number',
  'interval',
  'string',
  ',',
  '|',
  'end',
])

/** A field called `not` with a clause behind it: `choose not as negated`. */
function isFieldBeforeClause(s: TokenStream): boolean {
  return CLAUSE_WORDS.some((word) => isWord(s.peek(), word)) && BEGINS_CLAUSE_OR_ENDS.has(s.peek(2).kind)
}

// ---------------------------------------------------------------------------------------------------------
// Words between operands

const WORD_OPERATORS: ReadonlyMap<string, '&&' | '||'> = new Map([
  ['and', '&&'],
  ['or', '||'],
])

const WORD_COMPARISONS: ReadonlyMap<string, BinaryOperator> = new Map([
  ['eq', '=='],
  ['equals', '=='],
  ['ne', '!='],
  ['neq', '!='],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
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

/** The longest of the words above; most names after an operand are words of a clause. */
const LONGEST_WORD = 10

function parseInfixWord(
  s: TokenStream,
  left: Operand,
  least: number,
  parseOperators: ParseOperators,
): Expression | undefined {
  const { text } = s.token
  if (text.length > LONGEST_WORD) return undefined
  const word = text.toLowerCase()
  const operator = WORD_OPERATORS.get(word)
  if (operator !== undefined) return parseWordOperator(s, left, least, operator, parseOperators)
  const comparison = WORD_COMPARISONS.get(word)
  if (comparison !== undefined) return parseWordComparison(s, left, least, comparison, parseOperators)
  if (least > EQUALITY || left.node.kind === 'MissingExpression') return undefined
  if (word === 'is') return parseIs(s, left)
  if (word === 'exists') return parseExists(s, left)
  const negated = word === 'not' ? s.token : undefined
  return parseComparingWord(s, left, negated, parseOperators)
}

/** a !in (b, c); a !contains 'b' */
function parseNegatedWord(
  s: TokenStream,
  left: Operand,
  parseOperators: ParseOperators,
): Expression | undefined {
  const word = s.peek()
  if (word.kind !== 'name' || word.start !== s.token.end || word.text.length > LONGEST_WORD) return undefined
  return parseComparingWord(s, left, s.token, parseOperators)
}

/** A word of `WORD_METHODS` or `between` at the cursor, or after the token `negated` at the cursor. */
function parseComparingWord(
  s: TokenStream,
  left: Operand,
  negated: Token | undefined,
  parseOperators: ParseOperators,
): Expression | undefined {
  const ahead = negated === undefined ? 0 : 1
  const word = s.peek(ahead)
  if (word.kind !== 'name' || !s.canStartOperand(s.peek(ahead + 1))) return undefined
  const isBetween = isWord(word, 'between')
  const method = word.text.length > LONGEST_WORD ? undefined : WORD_METHODS.get(word.text.toLowerCase())
  if (!isBetween && method === undefined) return undefined
  const { operand, signs } = behindSigns(left)
  const comparison =
    method === undefined
      ? parseInfixBetween(s, operand, negated, parseOperators)
      : parseWordMethod(s, operand, negated, method, parseOperators)
  return signs.reduceRight<Expression>(
    (negation, sign) => ({ ...sign, operand: negation, range: s.rangeFrom(sign.range.start) }),
    comparison,
  )
}

type Negation = Extract<Expression, { kind: 'UnaryExpression' }>

/** `!a contains 'b'`: words bind more loosely than the sign where they come from, so it negates all of it. */
function behindSigns(left: Operand): { readonly operand: Operand; readonly signs: readonly Negation[] } {
  const signs: Negation[] = []
  let { node } = left
  while (
    node.kind === 'UnaryExpression' &&
    node.operator === '!' &&
    node.range.start === startOf(left, signs)
  ) {
    signs.push(node)
    node = node.operand
  }
  const last = signs.at(-1)
  return last === undefined
    ? { operand: left, signs }
    : { operand: { node, start: node.range.start, end: left.end }, signs }
}

/** Where the next sign would stand: at the start of the operand, or within the sign before it. */
function startOf(left: Operand, signs: readonly Negation[]): number {
  return signs.at(-1)?.operand.range.start ?? left.start
}

function parseWordOperator(
  s: TokenStream,
  left: Operand,
  least: number,
  operator: '&&' | '||',
  parseOperators: ParseOperators,
): Expression | undefined {
  const precedence = BINARY_PRECEDENCE[operator]
  if (precedence < least || !s.canStartOperand(s.peek())) return undefined
  if (operator === '&&' && (s.ends & ENDS_AT_AND) !== 0) return undefined
  const word = s.advance()
  s.warn(symbolFor(word, operator))
  const right = parseOperators(s, precedence + 1)
  return {
    kind: 'BinaryExpression',
    operator,
    operatorRange: rangeOf(word),
    left: left.node,
    right,
    range: s.rangeFrom(left.start),
  }
}

/** a eq b; a gte 5 */
function parseWordComparison(
  s: TokenStream,
  left: Operand,
  least: number,
  operator: BinaryOperator,
  parseOperators: ParseOperators,
): Expression | undefined {
  const precedence = BINARY_PRECEDENCE[operator]
  const next = s.peek().kind
  if (precedence < least || left.node.kind === 'MissingExpression') return undefined
  if (!s.canStartOperand(s.peek()) || next === '(' || next === '[') return undefined
  const word = s.advance()
  const operatorRange = rangeOf(word)
  const diagnostic = problem.infixWord(operatorRange, word.text.toLowerCase(), operator)
  s.warn(withFix(diagnostic, `use ${operator}`, replaceText(operatorRange, operator)))
  const right = parseOperators(s, precedence + 1)
  return {
    kind: 'BinaryExpression',
    operator,
    operatorRange,
    left: left.node,
    right,
    range: s.rangeFrom(left.start),
  }
}

/** `and` or `or` where an operator belongs. */
export function symbolFor(word: Token, operator: '&&' | '||') {
  const range = rangeOf(word)
  const diagnostic = problem.wordOperator(range, word.text, operator)
  return withFix(diagnostic, `use ${operator}`, replaceText(range, operator))
}

/** a is [not] null */
function parseIs(s: TokenStream, left: Operand): Expression | undefined {
  const negated = isWord(s.peek(), 'not')
  const nullWord = s.peek(negated ? 2 : 1)
  if (!isWord(nullWord, 'null')) return undefined
  const first = s.advance()
  if (negated) s.advance()
  s.advance()
  const found = negated ? 'is not null' : 'is null'
  return comparisonWithNull(s, left, { start: first.start, end: nullWord.end }, found, negated ? '!=' : '==')
}

/** a exists */
function parseExists(s: TokenStream, left: Operand): Expression | undefined {
  const next = s.peek()
  const goesOn = isWord(next, 'and') || isWord(next, 'or')
  if (left.node.kind !== 'Keypath' || (s.canStartOperand(next) && !goesOn)) return undefined
  return comparisonWithNull(s, left, rangeOf(s.advance()), 'exists', '!=')
}

function comparisonWithNull(
  s: TokenStream,
  left: Operand,
  words: TextRange,
  found: string,
  operator: '==' | '!=',
): Expression {
  const replacement = `${operator} null`
  s.warn(
    withFix(
      problem.infixWord(words, found, replacement),
      `use ${replacement}`,
      replaceText(words, replacement),
    ),
  )
  return {
    kind: 'BinaryExpression',
    operator,
    operatorRange: words,
    left: left.node,
    right: { kind: 'NullLiteral', range: words },
    range: s.rangeFrom(left.start),
  }
}

/** a between b and c */
function parseInfixBetween(
  s: TokenStream,
  left: Operand,
  not: Token | undefined,
  parseOperators: ParseOperators,
): Expression {
  if (not !== undefined) s.advance()
  const word = s.advance()
  const operatorRange = { start: (not ?? word).start, end: word.end }
  const outer = s.ends
  s.ends |= ENDS_AT_AND
  const low = parseOperators(s, EQUALITY + 1)
  s.ends = outer
  const and = rangeOf(s.token)
  const high = s.eatWord('and') ? parseOperators(s, EQUALITY + 1) : undefined
  const range = s.rangeFrom(left.start)
  const binary = (operator: BinaryOperator, a: Expression, b: Expression): Expression => {
    return { kind: 'BinaryExpression', operator, operatorRange, left: a, right: b, range }
  }
  // The right form names the value twice. Only a plain keypath is put into the tree twice: copies of copies
  // would make a tree that grows without bounds.
  const complete = high !== undefined && isPlainKeypath(left.node)
  const both = complete
    ? binary('&&', binary('>=', left.node, low), binary('<=', left.node, high))
    : binary('>=', left.node, low)
  const hint = not === undefined ? 'value >= low && value <= high' : 'value < low || value > high'
  const diagnostic = problem.infixWord(operatorRange, not === undefined ? 'between' : 'not between', hint)
  const edits = [replaceText(operatorRange, '>='), replaceText(and, `&& ${s.slice(left.start, left.end)} <=`)]
  const fixed = not === undefined ? edits : negate(edits, left.start, range.end, '!(')
  s.warn(complete ? withFix(diagnostic, `use ${hint}`, ...fixed) : diagnostic)
  return not === undefined ? both : { kind: 'UnaryExpression', operator: '!', operand: both, range }
}

function isPlainKeypath(expression: Expression): boolean {
  return expression.kind === 'Keypath' && expression.segments.every(({ kind }) => kind === 'NameSegment')
}

const METHOD_HINTS: ReadonlyMap<string, string> = new Map([
  ['in', 'value.in(a, b)'],
  ['inArray', 'value.inArray(array)'],
  ['contains', "value.contains('…')"],
  ['matches', 'value.matches(/…/)'],
  ['startsWith', "value.startsWith('…')"],
  ['endsWith', "value.endsWith('…')"],
])

/** The operands of a word that compares, with where their text begins and what closes the call behind them. */
interface WordOperands {
  readonly method: string
  readonly values: readonly Expression[]
  readonly start: number
  /** What makes the text behind `start` the arguments of a call, its closing parenthesis included. */
  readonly edits: readonly TextEdit[]
  readonly complete: boolean
  /** Whether the value is compared in lower case. */
  readonly lowerCase?: boolean
}

/** a in (b, c); a not like 'b%' */
function parseWordMethod(
  s: TokenStream,
  left: Operand,
  not: Token | undefined,
  method: string,
  parseOperators: ParseOperators,
): Expression {
  if (not !== undefined) s.advance()
  const word = s.advance()
  const operatorRange = { start: (not ?? word).start, end: word.end }
  const operands =
    method === 'in'
      ? parseCandidates(s, parseOperators)
      : parsePattern(s, word.text.toLowerCase(), method, parseOperators)
  const hint = METHOD_HINTS.get(operands.method) as string
  const replacement = not === undefined ? hint : `!${hint}`
  const found = not === undefined ? word.text : s.slice(operatorRange.start, operatorRange.end)
  const diagnostic = problem.infixWord(operatorRange, found.toLowerCase(), replacement)
  const name = operands.lowerCase ? `toLowerCase().${operands.method}` : operands.method
  const edits = methodEdits(left, name, operands.start, operands.edits)
  const range = s.rangeFrom(left.start)
  const fixed = not === undefined ? edits : negate(edits, left.start, range.end, '!')
  s.warn(operands.complete ? withFix(diagnostic, `use ${replacement}`, ...fixed) : diagnostic)
  const target = operands.lowerCase
    ? methodCall(left.node, 'toLowerCase', operatorRange, [], left.node.range)
    : left.node
  const comparison = methodCall(target, operands.method, operatorRange, operands.values, range)
  return not === undefined
    ? comparison
    : { kind: 'UnaryExpression', operator: '!', operand: comparison, range }
}

/** The values after `in`: a list in parentheses or brackets, or one value, an array. */
function parseCandidates(s: TokenStream, parseOperators: ParseOperators): WordOperands {
  const { start } = s.token
  if (!s.at('(') && !s.at('[')) {
    const value = parseOperators(s, EQUALITY + 1)
    const method = value.kind === 'Keypath' ? 'inArray' : 'in'
    const complete = value.kind !== 'MissingExpression'
    return { method, values: [value], start, edits: [insertText(s.previousEnd, ')')], complete }
  }
  const closer = s.at('(') ? ')' : ']'
  if (!s.enter()) return { method: 'in', values: [], start, edits: [], complete: false }
  s.advance()
  const outer = s.ends
  s.ends = 0
  const values: Expression[] = []
  const valuesStart = s.token.start
  while (!s.at(closer)) {
    values.push(parseOperators(s, 1))
    if (!s.eat(',')) break
  }
  const closing = rangeOf(s.token)
  const closed = s.expect(closer)
  s.ends = outer
  s.leave()
  const edits = closer === ')' ? [] : [replaceText(closing, ')')]
  return { method: 'in', values, start: valuesStart, edits, complete: closed && values.length > 0 }
}

function parsePattern(
  s: TokenStream,
  word: string,
  method: string,
  parseOperators: ParseOperators,
): WordOperands {
  const { start } = s.token
  const value = parseOperators(s, EQUALITY + 1)
  const end = s.previousEnd
  const complete = value.kind !== 'MissingExpression'
  if (method === 'matches' && value.kind === 'StringLiteral') {
    const pattern = toPattern(value)
    const edits = [replaceText({ start, end }, `${printExpression(pattern)})`)]
    return { method, values: [pattern], start, edits, complete }
  }
  if (!word.endsWith('like') || value.kind !== 'StringLiteral') {
    return { method, values: [value], start, edits: [insertText(end, ')')], complete }
  }
  const pattern = likePattern(value, word === 'ilike')
  const edits = [replaceText({ start, end }, `${printExpression(pattern.value)})`)]
  return {
    method: pattern.method,
    values: [pattern.value],
    start,
    edits,
    complete,
    lowerCase: word === 'ilike',
  }
}

/** `like` with its wildcards as the method that means the same. */
function likePattern(
  literal: Extract<Expression, { kind: 'StringLiteral' }>,
  lowerCase: boolean,
): { readonly method: string; readonly value: Expression } {
  const pattern = lowerCase ? literal.value.toLowerCase() : literal.value
  // A backslash takes its meaning from a wildcard.
  const pieces = pattern.split(/(?<!\\)%/).map((piece) => piece.replace(/\\([%_])/g, '$1'))
  const open = pieces.length > 1 && pieces[0] === ''
  const close = pieces.length > (open ? 2 : 1) && pieces.at(-1) === ''
  const bare = pieces.slice(open ? 1 : 0, close ? -1 : undefined)
  if (bare.length > 1) {
    // Whether `matches` looks at the whole text or a part of it is not documented; this means the same in both.
    const parts = bare.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    const regex = `${open ? '.*' : '^'}${parts.join('.*')}${close ? '.*' : '$'}`
    return { method: 'matches', value: { kind: 'RegexLiteral', pattern: regex, range: literal.range } }
  }
  const value = { ...literal, value: bare.join('') }
  if (close && !open) return { method: 'startsWith', value }
  return { method: open && !close ? 'endsWith' : 'contains', value }
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
