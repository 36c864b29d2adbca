/**
 * Expressions, by precedence climbing. The production each function reads stands above it. A function that
 * finds no operand reports it and answers with a `MissingExpression`; none of them throws.
 */

import { FIELDS, type Field } from '../catalogue/fields'
import { parameterNamed, signaturesOf } from '../catalogue/functions'
import { CAST_TYPES, DOUBTFUL_CAST_TYPES } from '../catalogue/types'
import * as problem from '../diagnostics/codes'
import { type Diagnostic, insertText, replaceText, withFix } from '../diagnostics/diagnostic'
import { isBareName, printExpression, printString } from '../format/print'
import type {
  Argument,
  BinaryOperator,
  CallExpression,
  CaseArm,
  CaseForm,
  Expression,
  Keypath,
  MissingExpression,
  Namespace,
  Segment,
  Severity,
  TextRange,
} from '../tree/ast'
import { CASE_FORMS, SEVERITIES } from '../tree/ast'
import { parseForeignInfix, parseForeignPrefix, parseTernary } from './foreign/expressions'
import { atSqlCase, parseSqlCase } from './foreign/sql-case'
import { intervalNanoseconds } from './interval'
import { BINARY_PRECEDENCE } from './precedence'
import { readSpokenInterval } from './spoken-interval'
import {
  ENDS_AT_ARM_COLON,
  ENDS_AT_COLON,
  ENDS_AT_SPACED_PARENTHESIS,
  isWord,
  rangeOf,
  type TokenStream,
} from './token-stream'
import type { Token, TokenKind } from './tokens'

/** Expression = Or */
export function parseExpression(s: TokenStream): Expression {
  const start = s.token.start
  const expression = parseOperators(s, 1)
  return s.at('?') ? parseTernary(s, start, expression, parseExpression) : expression
}

/** An expression for a place with rules of its own for where it ends: the flags of `ENDS_AT_…`. */
export function parseExpressionEndingAt(s: TokenStream, ends: number): Expression {
  const outer = s.ends
  s.ends = outer | ends
  const expression = parseExpression(s)
  s.ends = outer
  return expression
}

/**
 * Or       = And { "||" And }
 * And      = Equality { "&&" Equality }
 * Equality = Relation { ("==" | "!=" | "~" | "~~") Relation }
 * Relation = Sum { ("<" | "<=" | ">" | ">=") Sum }
 * Sum      = Product { ("+" | "-") Product }
 * Product  = Prefix { ("*" | "/" | "%") Prefix }
 *
 * A chain of operators is read in a loop, so its length is bounded by the text alone.
 */
function parseOperators(s: TokenStream, least: number): Expression {
  const start = s.token.start
  let left = parsePrefix(s)
  for (;;) {
    const operator = s.token.kind as BinaryOperator
    const precedence = BINARY_PRECEDENCE[operator] as number | undefined
    if (precedence === undefined) {
      const foreign = parseForeignInfix(s, start, left, least, parseOperators)
      if (foreign === undefined) return left
      left = foreign
      continue
    }
    if (precedence < least || (operator === '||' && s.atDoublePipe())) return left
    const operatorRange = rangeOf(s.advance())
    const right = parseOperators(s, precedence + 1)
    left = { kind: 'BinaryExpression', operator, operatorRange, left, right, range: s.rangeFrom(start) }
  }
}

/** Prefix = ("!" | "-") Prefix | Postfix; a minus right before digits belongs to the literal. */
function parsePrefix(s: TokenStream): Expression {
  const { kind, start } = s.token
  if (kind === '-' && atNumeric(s)) return parsePostfix(s)
  if (kind === '!' || kind === '-') {
    if (!s.enter()) return missing(s)
    const sign = s.advance()
    const operandStart = s.token.start
    const operand = parsePrefix(s)
    s.leave()
    const range = s.rangeFrom(start)
    // Only `field:value` in the manner of Lucene is a comparison that binds this tightly.
    const excludes =
      kind === '-' && operand.kind === 'BinaryExpression' && operand.range.start === operandStart
    if (excludes) warnExclusion(s, sign, range)
    else if (kind === '-')
      s.warn(problem.undocumentedForm(range, 'a minus before an expression', 'multiply by -1'))
    return { kind: 'UnaryExpression', operator: excludes ? '!' : kind, operand, range }
  }
  return parseForeignPrefix(s, () => parseOperators(s, BINARY_PRECEDENCE['=='])) ?? parsePostfix(s)
}

/** -field:'value', as Lucene excludes. */
function warnExclusion(s: TokenStream, sign: Token, { end }: TextRange): void {
  s.warn(
    withFix(
      problem.foreignOperator(rangeOf(sign), '-', '!'),
      'use !(…)',
      replaceText(rangeOf(sign), '!('),
      insertText(end, ')'),
    ),
  )
}

/** Whether a number or interval stands here, with or without its sign. */
export function atNumeric(s: TokenStream): boolean {
  if (!s.at('-')) return isNumeric(s.token.kind)
  return isNumeric(s.peek().kind) && s.peek().start === s.token.end
}

function atNumber(s: TokenStream): boolean {
  return atNumeric(s) && (s.at('-') ? s.peek() : s.token).kind === 'number'
}

function isNumeric(kind: TokenKind): boolean {
  return kind === 'number' || kind === 'interval'
}

/** Postfix = Primary { "." name [ Arguments ] | "." string | "[" Expression "]" | ":" type } */
export function parsePostfix(s: TokenStream): Expression {
  const start = s.token.start
  let node = parsePrimary(s)
  for (;;) {
    if (s.at('.') && isMethodCall(s)) {
      s.advance()
      node = parseMethodCall(s, start, node)
    } else if (s.at('.') || s.at('[')) {
      node = parseMembers(s, start, node)
    } else if (s.at(':') && !atTernaryColon(s) && !atArmColon(s) && !atColonEquals(s)) {
      node = parseCast(s, start, node)
    } else {
      return node
    }
  }
}

/** The colon of `a ? b : c`; one right before a type, with another one to come, casts. */
function atTernaryColon(s: TokenStream): boolean {
  if ((s.ends & ENDS_AT_COLON) === 0) return false
  const casts = s.token.start === s.previousEnd && CAST_NAMES.has(s.peek().text)
  return !casts || !s.elementHolds(({ kind }) => kind === ':')
}

const CAST_NAMES: ReadonlySet<string> = new Set([...CAST_TYPES, ...DOUBTFUL_CAST_TYPES])

/** The sign of `create name := value`. */
export function atColonEquals(s: TokenStream): boolean {
  return s.at(':') && s.peek().kind === '=' && s.peek().start === s.token.end
}

/** `a: 'b'` in a case is an arm with the wrong sign; a cast is to a name, and a condition goes on or has its arrow. */
function atArmColon(s: TokenStream): boolean {
  if ((s.ends & ENDS_AT_ARM_COLON) === 0) return false
  const next = s.peek()
  if (next.kind === ':' || (next.kind === 'name' && !LITERAL_WORDS.has(next.text))) return false
  const behind = s.peek(s.peek().kind === '-' ? 3 : 2).kind
  return behind !== '->' && behind !== '=>' && behind !== '&&' && behind !== '||'
}

function isMethodCall(s: TokenStream): boolean {
  const name = s.peek(1)
  return name.kind === 'name' && opensCall(s, name, s.peek(2))
}

function opensCall(s: TokenStream, name: Token, parenthesis: Token): boolean {
  if (parenthesis.kind !== '(') return false
  const spaced = parenthesis.start > name.end
  return !spaced || (s.ends & ENDS_AT_SPACED_PARENTHESIS) === 0 || signaturesOf(name.text).length > 0
}

function parseMethodCall(s: TokenStream, start: number, target: Expression): Expression {
  const name = s.advance()
  const list = parseArguments(s, { callee: name.text })
  return {
    kind: 'MethodCallExpression',
    target,
    name: name.text,
    nameRange: rangeOf(name),
    arguments: list,
    range: s.rangeFrom(start),
  }
}

/** Steps down from an expression; from a keypath, also one in parentheses, they make a longer keypath. */
function parseMembers(s: TokenStream, start: number, object: Expression): Expression {
  const segments = parseSegments(s)
  const range = s.rangeFrom(start)
  if (object.kind === 'Keypath') {
    return {
      kind: 'Keypath',
      namespace: object.namespace,
      segments: [...object.segments, ...segments],
      range,
    }
  }
  let node = object
  for (const segment of segments) {
    node = { kind: 'MemberExpression', object: node, segment, range: { start, end: segment.range.end } }
  }
  return node
}

/** Segments = { "." name | "." string | "[" string "]" | "[" Expression "]" }, up to a method call. */
function parseSegments(s: TokenStream, methodsEnd = true): readonly Segment[] {
  const segments: Segment[] = []
  for (;;) {
    if (s.at('[')) segments.push(parseIndex(s))
    else if (s.at('.') && !(methodsEnd && isMethodCall(s))) {
      const segment = parseKey(s)
      if (segment !== undefined) segments.push(segment)
    } else return segments
  }
}

/** Key = "." (name | string) */
function parseKey(s: TokenStream): Segment | undefined {
  const { start } = s.advance()
  const { kind, value } = s.token
  if (kind === 'name' || kind === 'string') {
    const key = s.advance()
    if (kind === 'string') {
      const written = `[${printString(value)}]`
      const form = problem.undocumentedForm(rangeOf(key), 'a quoted key after a dot', `use ${written}`)
      s.warn(withFix(form, `use ${written}`, replaceText(s.rangeFrom(start), written)))
    }
    return { kind: 'NameSegment', name: value, range: s.rangeFrom(start) }
  }
  if (kind === 'number' && /^[0-9]+$/.test(value)) return parseDottedIndex(s, start)
  s.fail(problem.expectedKey(s.here(), s.found()))
  // A number after a dot is meant as a key; anything else is left for whoever can use it.
  if (isNumeric(kind) || kind === 'namespace') s.advance()
  return undefined
}

/** items.0, with the cursor at the number. */
function parseDottedIndex(s: TokenStream, start: number): Segment {
  const diagnostic = problem.expectedKey(s.here(), s.found())
  const index = parseNumeric(s)
  const range = s.rangeFrom(start)
  const written = `[${s.slice(index.range.start, index.range.end)}]`
  s.warn(withFix(diagnostic, `use ${written}`, replaceText(range, written)))
  return { kind: 'IndexSegment', index, range }
}

function parseIndex(s: TokenStream): Segment {
  const { start } = s.token
  if (s.peek(1).kind === 'string' && s.peek(2).kind === ']') {
    s.advance()
    const key = s.advance()
    s.advance()
    warnDoubleQuotes(s, key)
    return { kind: 'NameSegment', name: key.value, range: s.rangeFrom(start) }
  }
  const index = parseNested(s, ']') ?? missing(s)
  return { kind: 'IndexSegment', index, range: s.rangeFrom(start) }
}

/** An opening bracket, an expression and its closing bracket; undefined when nested too deep. */
function parseNested(s: TokenStream, closer: TokenKind): Expression | undefined {
  if (!s.enter()) return undefined
  s.advance()
  const outer = s.ends
  s.ends = 0
  const expression = parseExpression(s)
  if (!s.at(closer)) {
    failClosing(s, closer)
    do s.skipToListPoint()
    while (s.eat(','))
  }
  s.eat(closer)
  s.ends = outer
  s.leave()
  return expression
}

/** Reports a bracket that is not closed. Where the stage ends, it is plain where the closing one belongs. */
function failClosing(s: TokenStream, closer: TokenKind): void {
  const sign = closer === 'template-close' ? '}' : closer
  const diagnostic = problem.expectedToken(s.here(), sign, s.found())
  const plain = s.atStageEnd() && closer !== 'template-close'
  s.fail(plain ? withFix(diagnostic, `add ${sign}`, insertText(s.previousEnd, sign)) : diagnostic)
}

/** Cast = ":" type */
function parseCast(s: TokenStream, start: number, expression: Expression): Expression {
  const colon = s.advance()
  if (s.at(':')) s.warn(removable(problem.doubleColon, s.advance()))
  else if (
    expression.kind === 'Keypath' &&
    (s.at('string') || atNumber(s) || LITERAL_WORDS.has(s.token.text))
  )
    return parseColonComparison(s, start, expression, colon)
  if (!s.at('name')) {
    s.fail(problem.expectedType(s.here(), s.found()))
    return expression
  }
  const type = s.advance()
  return {
    kind: 'CastExpression',
    expression,
    type: type.text,
    typeRange: rangeOf(type),
    range: s.rangeFrom(start),
  }
}

/** field:'value', as Lucene compares, with the cursor at the value. */
function parseColonComparison(s: TokenStream, start: number, left: Keypath, colon: Token): Expression {
  const operatorRange = rangeOf(colon)
  const blanks = { before: s.slice(start, colon.start).endsWith(' '), after: s.token.start > colon.end }
  const newText = `${blanks.before ? '' : ' '}==${blanks.after ? '' : ' '}`
  s.warn(withFix(problem.colonComparison(operatorRange), 'use ==', replaceText(operatorRange, newText)))
  const right = parsePrimary(s)
  return { kind: 'BinaryExpression', operator: '==', operatorRange, left, right, range: s.rangeFrom(start) }
}

/** Primary = Literal | Timestamp | Template | Array | Object | Case | Call | Keypath | "(" Expression ")" */
function parsePrimary(s: TokenStream): Expression {
  switch (s.token.kind) {
    case 'name':
      return parseNamed(s)
    case 'namespace':
      return parseKeypathFrom(s)
    case 'number':
      return parseQuantity(s)
    case 'interval':
      return parseNumeric(s)
    case '-':
      return atNumeric(s) ? parseNumeric(s) : failMissing(s)
    case '.':
      return s.peek().kind === 'number' && s.peek().start === s.token.end ? parseFraction(s) : failMissing(s)
    case 'string':
      return parseString(s)
    case 'regex': {
      const token = s.advance()
      return { kind: 'RegexLiteral', pattern: token.value, range: rangeOf(token) }
    }
    case 'template-start':
      return parseTemplate(s)
    case '@':
      return parseTimestamp(s)
    case '[':
      return parseArray(s)
    case '{':
      return parseObject(s)
    case '(':
      return parseNested(s, ')') ?? missing(s)
    default:
      return failMissing(s)
  }
}

function failMissing(s: TokenStream): MissingExpression {
  s.fail(problem.expectedExpression(s.here(), s.found()))
  return missing(s)
}

export function missing(s: TokenStream): MissingExpression {
  return { kind: 'MissingExpression', range: { start: s.previousEnd, end: s.previousEnd } }
}

/** A number, or an interval in words: a unit behind a number, which no other name follows. */
function parseQuantity(s: TokenStream): Expression {
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
function parseFraction(s: TokenStream): Expression {
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

function warnDoubleQuotes(s: TokenStream, token: Token): void {
  if (!token.text.startsWith('"')) return
  const written = printString(token.value)
  const diagnostic = problem.doubleQuotes(rangeOf(token))
  s.warn(
    token.closed ? withFix(diagnostic, `use ${written}`, replaceText(rangeOf(token), written)) : diagnostic,
  )
}

const LITERAL_WORDS: ReadonlyMap<string, (range: Expression['range']) => Expression> = new Map<
  string,
  (range: Expression['range']) => Expression
>([
  ['true', (range) => ({ kind: 'BooleanLiteral', value: true, range })],
  ['false', (range) => ({ kind: 'BooleanLiteral', value: false, range })],
  ['null', (range) => ({ kind: 'NullLiteral', range })],
  ...SEVERITIES.map(
    (value: Severity) =>
      [
        value,
        (range: Expression['range']): Expression => ({ kind: 'SeverityLiteral', value, range }),
      ] as const,
  ),
])

const CASE_WORDS: ReadonlySet<string> = new Set(CASE_FORMS)

/** Named = "true" | "false" | "null" | severity | Case | Call | Keypath */
function parseNamed(s: TokenStream): Expression {
  const name = s.token
  const next = s.peek()
  if (opensCall(s, name, next)) return isWord(name, 'cast') ? parseCastCall(s) : parseCall(s)
  if (next.kind === '{' && CASE_WORDS.has(name.text)) return parseCase(s, name.text as CaseForm)
  if (atSqlCase(s)) return parseSqlCase(s, parseExpression)
  const literal = LITERAL_WORDS.get(name.text)
  if (literal !== undefined) return literal(rangeOf(s.advance()))
  if (isWord(name, 'interval')) return parseSqlInterval(s) ?? parseKeypathFrom(s)
  warnLiteralCase(s, name, next)
  return parseKeypathFrom(s)
}

/** interval '1 hour' or interval 1 day, as SQL writes them; undefined for a field of that name. */
function parseSqlInterval(s: TokenStream): Expression | undefined {
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

function warnLiteralCase(s: TokenStream, name: Token, next: Token): void {
  const meant = LITERAL_SPELLINGS.get(name.text)
  if (meant === undefined || next.kind === '.' || next.kind === '[') return
  const range = rangeOf(name)
  s.warn(withFix(problem.literalSpelling(range, name.text, meant), `use ${meant}`, replaceText(range, meant)))
}

/** Cast as a call: "cast" "(" Expression ("as" | ",") type ")", with the cursor at the word. */
function parseCastCall(s: TokenStream): Expression {
  const word = s.token
  if (!s.enter()) return missing(s)
  s.advance()
  s.advance()
  const outer = s.ends
  s.ends = 0
  const expression = parseExpression(s)
  const typed = s.eatWord('as') || s.eat(',')
  const typeToken = s.token
  const complete = typed && (s.eat('name') || s.eat('string')) && s.at(')')
  if (!complete) s.skipToListPoint()
  s.eat(')')
  s.ends = outer
  s.leave()
  const range = s.rangeFrom(word.start)
  const diagnostic = problem.castCall(rangeOf(word))
  if (!complete) {
    s.warn(diagnostic)
    return expression
  }
  const type = typeToken.value
  const node: Expression = { kind: 'CastExpression', expression, type, typeRange: rangeOf(typeToken), range }
  const text = printExpression(node)
  s.warn(withFix(diagnostic, `use ${text}`, replaceText(range, text)))
  return node
}

/** Call = name Arguments */
function parseCall(s: TokenStream): CallExpression {
  const token = s.advance()
  let name = token.text
  if (
    name.toLowerCase() === 'count' &&
    isWord(s.peek(), 'distinct') &&
    s.canStartOperand(s.peek(2)) &&
    s.peek(2).kind !== '('
  ) {
    const distinct = s.peek()
    s.warn(
      withFix(
        problem.countDistinct(rangeOf(distinct)),
        'use distinct_count(x)',
        replaceText(rangeOf(token), 'distinct_count'),
        replaceText({ start: distinct.start, end: s.peek(2).start }, ''),
      ),
    )
    name = 'distinct_count'
  }
  const list = parseArguments(s, { callee: name, skipFirstWord: name !== token.text })
  return {
    kind: 'CallExpression',
    name,
    nameRange: rangeOf(token),
    arguments: list,
    range: s.rangeFrom(token.start),
  }
}

/** Arguments = "(" [ Argument { "," Argument } ] ")" */
export function parseArguments(
  s: TokenStream,
  { callee = '', skipFirstWord = false }: { readonly callee?: string; readonly skipFirstWord?: boolean } = {},
): readonly Argument[] {
  if (s.peek(1).kind === '*' && s.peek(2).kind === ')') {
    s.advance()
    s.warn(removable(problem.countStar, s.advance()))
    s.advance()
    return []
  }
  return parseBracketed(s, ')', (index) => {
    if (index === 0 && skipFirstWord) s.advance()
    return parseArgument(s, callee)
  })
}

/** Argument = [ name "=" ] Expression */
export function parseArgument(s: TokenStream, callee = ''): Argument {
  const start = s.token.start
  if (s.at('name') && s.peek().kind === '=' && !isComparison(s, callee)) {
    const { text } = s.advance()
    s.advance()
    const value = parseExpression(s)
    return { kind: 'Argument', name: text, value, range: s.rangeFrom(start) }
  }
  const value = parseExpression(s)
  return { kind: 'Argument', name: null, value, range: s.rangeFrom(start) }
}

/**
 * Whether `name =` begins a condition with the wrong sign instead of a named argument: where the function takes
 * conditions and has no such argument, and before the conditional operator.
 */
function isComparison(s: TokenStream, callee: string): boolean {
  if (s.elementHolds(({ kind }) => kind === '?')) return true
  const signatures = signaturesOf(callee)
  const takesCondition = signatures.some(({ parameters }) => parameters[0]?.types[0] === 'boolean')
  return (
    takesCondition && !signatures.some((signature) => parameterNamed(signature, s.token.text) !== undefined)
  )
}

/**
 * A bracketed list with the cursor at its opening bracket. After a mistake in one element reading goes on
 * with the next.
 */
export function parseBracketed<Element>(
  s: TokenStream,
  closer: ')' | ']' | '}',
  parseElement: (index: number) => Element,
  /** Whether the next element begins at the cursor, without its comma. */
  atNext: (s: TokenStream) => boolean = () => false,
): readonly Element[] {
  if (!s.enter()) return []
  s.advance()
  const outer = s.ends
  s.ends = 0
  const elements: Element[] = []
  let broken = false
  while (!s.at(closer)) {
    elements.push(parseElement(elements.length))
    if (!s.at(',') && atNext(s)) {
      s.warn(missingComma(s))
      continue
    }
    if (!s.at(',') && !s.at(closer)) {
      broken = true
      failClosing(s, closer)
      s.skipToListPoint()
    }
    const comma = s.token
    if (!s.eat(',')) break
    if (s.at(closer)) s.warn(removable(problem.trailingComma, comma))
  }
  if (!s.eat(closer) && !broken) failClosing(s, closer)
  s.ends = outer
  s.leave()
  return elements
}

/** Two elements of a list without a comma between them, with the cursor at the second. */
export function missingComma(s: TokenStream): Diagnostic {
  const diagnostic = problem.expectedToken(s.here(), ',', s.found())
  return withFix(diagnostic, 'add a comma', insertText(s.previousEnd, ','))
}

/** A diagnostic about a token that can simply be left out. */
export function removable(
  diagnose: (range: TextRange) => Diagnostic,
  token: Token,
  range = rangeOf(token),
): Diagnostic {
  return withFix(diagnose(range), 'remove it', replaceText(range, ''))
}

/** Array = "[" [ Expression { "," Expression } ] "]" */
function parseArray(s: TokenStream): Expression {
  const start = s.token.start
  const elements = parseBracketed(s, ']', () => parseExpression(s))
  const range = s.rangeFrom(start)
  if (elements.length === 0) s.warn(problem.undocumentedForm(range, 'an empty array'))
  return { kind: 'ArrayLiteral', elements, range }
}

/** Object = "{" [ key ":" Expression { "," key ":" Expression } ] "}" */
function parseObject(s: TokenStream): Expression {
  const start = s.token.start
  const entries = parseBracketed(s, '}', () => {
    const isKey = s.at('string') || s.at('name') || s.at('number')
    const key = isKey ? s.advance().value : ''
    if (isKey) s.expect(':')
    else s.fail(problem.expectedExpression(s.here(), s.found()))
    return { key, value: parseExpression(s) }
  })
  const range = s.rangeFrom(start)
  s.warn(problem.undocumentedForm(range, 'an object literal'))
  return { kind: 'ObjectLiteral', entries, range }
}

/** Template = "`" { text | "{" Expression "}" } "`" */
function parseTemplate(s: TokenStream): Expression {
  const { start } = s.advance()
  const parts: (string | Expression)[] = []
  while (!s.at('template-end')) {
    if (s.at('template-text')) parts.push(s.advance().value)
    else {
      const expression = s.at('template-open') ? parseNested(s, 'template-close') : undefined
      // Nested too deep: the rest of the stage has been skipped, the end of this string with it.
      if (expression === undefined || s.at('|') || s.at('end')) break
      parts.push(expression)
    }
  }
  s.eat('template-end')
  return { kind: 'InterpolatedString', parts, range: s.rangeFrom(start) }
}

/** Timestamp = "@" (string | number | Template | "(" Expression ")") */
function parseTimestamp(s: TokenStream): Expression {
  const { start } = s.advance()
  if (s.atWord('timestamp')) return parseElasticTimestamp(s, start)
  const operand = parseTimestampOperand(s)
  const range = s.rangeFrom(start)
  const inNanoseconds = operand.inParentheses && operand.expression.kind === 'NumberLiteral'
  const node = { kind: 'TimestampLiteral', operand: operand.expression, range } as const
  return inNanoseconds ? { ...node, inNanoseconds } : node
}

/** @timestamp, the time of a record in Elasticsearch, with the cursor at the word. */
function parseElasticTimestamp(s: TokenStream, start: number): Expression {
  const word = s.advance()
  const range = s.rangeFrom(start)
  const diagnostic = problem.bareTimestamp(rangeOf(word), word.text, '$m.timestamp')
  s.warn(withFix(diagnostic, 'use $m.timestamp', replaceText(range, '$m.timestamp')))
  return {
    kind: 'Keypath',
    namespace: '$m',
    segments: [{ kind: 'NameSegment', name: 'timestamp', range }],
    range,
  }
}

function parseTimestampOperand(s: TokenStream): { expression: Expression; inParentheses: boolean } {
  const date = bareDateAt(s)
  if (date !== undefined) return { expression: parseBareDate(s, date), inParentheses: false }
  switch (s.token.kind) {
    case 'string':
    case 'number':
    case 'template-start':
      return { expression: parsePrimary(s), inParentheses: false }
    case '(':
      return { expression: parsePrimary(s), inParentheses: true }
    case 'name':
      return { expression: parseBareDate(s, s.token.text), inParentheses: false }
    default:
      return { expression: failMissing(s), inParentheses: false }
  }
}

const BARE_DATE = /[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]+(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?/y

/** The date at the cursor that was written without its quotes; `@2025` alone is a number of seconds. */
export function bareDateAt(s: TokenStream): string | undefined {
  if (!s.at('number')) return undefined
  BARE_DATE.lastIndex = s.token.start
  return BARE_DATE.exec(s.source)?.[0]
}

/** 2025-03-01 where only a time can stand, with neither its sign nor its quotes. */
export function parseUnmarkedDate(s: TokenStream, text: string): Expression {
  const { start } = s.token
  const end = start + text.length
  while (s.token.start < end && !s.at('end')) s.advance()
  const range = { start, end }
  const written = printString(text)
  s.warn(withFix(problem.bareTimestamp(range, text), `use @${written}`, replaceText(range, `@${written}`)))
  const operand: Expression = { kind: 'StringLiteral', value: text, quote: 'single', range }
  return { kind: 'TimestampLiteral', operand, range }
}

/** A text after `@` that lacks its quotes, with the cursor at its first token. */
function parseBareDate(s: TokenStream, text: string): Expression {
  const { start } = s.token
  const end = start + text.length
  while (s.token.start < end && !s.at('end')) s.advance()
  const range = { start, end }
  const written = printString(text)
  const named = !/^[0-9]/.test(text) && text.toLowerCase() !== 'now'
  const diagnostic = problem.bareTimestamp(range, text, named ? "@'now' or @'2025-03-01'" : undefined)
  s.warn(named ? diagnostic : withFix(diagnostic, `use @${written}`, replaceText(range, written)))
  return { kind: 'StringLiteral', value: text, quote: 'single', range }
}

/**
 * Case        = form "{" [ Subject "," ] Arm { "," Arm } "}"
 * Arm         = ( "_" | Expression ) "->" Expression
 *
 * Every form but plain `case` has a subject.
 */
function parseCase(s: TokenStream, form: CaseForm): Expression {
  const { start } = s.advance()
  let subject: Expression | null = null
  const arms: CaseArm[] = []
  parseBracketed(
    s,
    '}',
    (index) => {
      if (index === 0 && form !== 'case') subject = parseExpression(s)
      else arms.push(parseCaseArm(s))
    },
    atNextArm,
  )
  const range = s.rangeFrom(start)
  if (arms.length === 0)
    s.warn(problem.missingClause(range, form, 'at least one arm', `${form} { … -> …, _ -> … }`))
  const early = arms.findIndex(({ pattern }) => pattern === null)
  if (early !== -1 && early < arms.length - 1) {
    s.warn(problem.misplacedDefault((arms[early] as CaseArm).range))
  }
  return { kind: 'CaseExpression', form, subject, arms, range }
}

/** Whether an arm begins here: its arrow comes before the next comma. */
function atNextArm(s: TokenStream): boolean {
  return s.canStartOperand() && s.elementHolds(({ kind }) => kind === '->')
}

function parseCaseArm(s: TokenStream): CaseArm {
  const start = s.token.start
  const isDefault = atDefaultArm(s)
  const pattern = isDefault ? null : parseExpressionEndingAt(s, ENDS_AT_ARM_COLON)
  expectArrow(s)
  const value = s.at(',') || s.at('}') ? failMissing(s) : parseExpression(s)
  return { kind: 'CaseArm', pattern, value, range: s.rangeFrom(start) }
}

const DEFAULT_WORDS = ['else', 'default', 'otherwise'] as const

/** Takes the `_` of a default arm, or a word that other languages have for it. */
function atDefaultArm(s: TokenStream): boolean {
  const arrow = s.peek().kind
  if (arrow !== '->' && arrow !== '=>' && arrow !== ':') return false
  if (s.token.text === '_') {
    s.advance()
    return true
  }
  if (arrow === ':' || !DEFAULT_WORDS.some((word) => s.atWord(word))) return false
  const word = s.advance()
  const diagnostic = problem.defaultArmWord(rangeOf(word), word.text)
  s.warn(withFix(diagnostic, 'use _', replaceText(rangeOf(word), '_')))
  return true
}

/** "->"; after `:` or `=>` in its place the value still follows. */
function expectArrow(s: TokenStream): void {
  if (s.eat('->')) return
  const diagnostic = problem.expectedToken(s.here(), '->', s.found())
  if (s.at(':') || s.at('=>')) {
    const before = s.previousEnd
    const sign = s.advance()
    const arrow = before === sign.start ? ' ->' : '->'
    s.warn(withFix(diagnostic, 'use ->', replaceText(rangeOf(sign), arrow)))
  } else {
    s.fail(diagnostic)
  }
}

// ---------------------------------------------------------------------------------------------------------
// Keypaths

const NAMESPACE_WORDS: ReadonlyMap<string, Namespace> = new Map([
  ['$d', '$d'],
  ['$data', '$d'],
  ['$m', '$m'],
  ['$metadata', '$m'],
  ['$l', '$l'],
  ['$labels', '$l'],
  ['$p', '$p'],
])

/** What people write for the namespaces, in lower case. */
const NAMESPACE_SLIPS: ReadonlyMap<string, Namespace> = new Map([
  ...[...NAMESPACE_WORDS].map(([word, namespace]) => [word, namespace] as const),
  ['$meta', '$m'],
  ['$label', '$l'],
  ['$params', '$p'],
  ['$parameters', '$p'],
  ['$userdata', '$d'],
  ['$user_data', '$d'],
  ['$log', '$d'],
])

/** The metadata or label that a name behind a dollar sign means: `$timestamp`, `$severity`. */
function fieldMeant(text: string): Field | undefined {
  if (text.length > LONGEST_FIELD) return undefined
  const name = text.slice(1).toLowerCase()
  return FIELDS.logs.find((field) => field.name.toLowerCase() === name)
}

const LONGEST_FIELD = 40

/** Keypath = (namespace | name) Segments, with the cursor at the namespace or name. */
function parseKeypathFrom(s: TokenStream, methodsEnd = true): Keypath {
  const token = s.advance()
  const segments: Segment[] = []
  let namespace: Namespace | null = null
  if (token.kind === 'namespace') {
    namespace = NAMESPACE_WORDS.get(token.text) ?? null
    const field = namespace === null ? fieldMeant(token.text) : undefined
    if (field !== undefined) {
      const written = `${field.namespace}.${field.name}`
      const diagnostic = problem.unknownNamespace(rangeOf(token), token.text)
      s.warn(withFix(diagnostic, `use ${written}`, replaceText(rangeOf(token), written)))
      namespace = field.namespace
      segments.push({ kind: 'NameSegment', name: field.name, range: rangeOf(token) })
    } else if (namespace === null) {
      namespace = NAMESPACE_SLIPS.get(token.text.toLowerCase()) ?? '$d'
      const diagnostic = problem.unknownNamespace(rangeOf(token), token.text)
      const meant = NAMESPACE_SLIPS.has(token.text.toLowerCase())
      s.warn(
        meant ? withFix(diagnostic, `use ${namespace}`, replaceText(rangeOf(token), namespace)) : diagnostic,
      )
    }
  } else {
    // A name such as `größe` or, where only a keypath can stand, `ERROR` is printed with the namespace it implies.
    if (!isBareName(token.text)) namespace = '$d'
    segments.push({ kind: 'NameSegment', name: token.text, range: rangeOf(token) })
  }
  for (const segment of parseSegments(s, methodsEnd)) segments.push(segment)
  return { kind: 'Keypath', namespace, segments, range: s.rangeFrom(token.start) }
}

/** A keypath where nothing else may stand. A missing one is reported and has neither namespace nor segments. */
export function parseKeypath(s: TokenStream): Keypath {
  if (s.at('name') || s.at('namespace')) return parseKeypathFrom(s, false)
  if (s.at('string')) {
    const token = s.advance()
    return unquotedKeypath(s, { value: token.value, range: rangeOf(token) })
  }
  s.fail(problem.expectedKeypath(s.here(), s.found()))
  return missingKeypath(s)
}

/** A name in quotes, where a keypath stands; one that is no identifier keeps them, in brackets. */
export function unquotedKeypath(
  s: TokenStream,
  { value, range }: { readonly value: string; readonly range: TextRange },
): Keypath {
  const found = s.slice(range.start, range.end)
  const diagnostic = problem.expectedKeypath(range, found, 'a name is written without quotes')
  const segment = { kind: 'NameSegment', name: value, range } as const
  const namespace = isBareName(value) ? null : '$d'
  const keypath: Keypath = { kind: 'Keypath', namespace, segments: [segment], range }
  const written = printExpression(keypath)
  s.warn(withFix(diagnostic, `use ${written}`, replaceText(range, written)))
  return keypath
}

export function missingKeypath(s: TokenStream): Keypath {
  return { kind: 'Keypath', namespace: null, segments: [], range: missing(s).range }
}
