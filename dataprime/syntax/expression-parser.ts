/**
 * Expressions, by precedence climbing. The production each function reads stands above it. A function that
 * finds no operand reports it and answers with a `MissingExpression`; none of them throws.
 */

import { parameterNamed, signaturesOf } from '../catalogue/functions'
import { CAST_TYPES, DOUBTFUL_CAST_TYPES } from '../catalogue/types'
import * as problem from '../diagnostics/codes'
import { type Diagnostic, insertText, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import {
  type Argument,
  type BinaryOperator,
  CASE_FORMS,
  type CallExpression,
  type CaseForm,
  type Expression,
  type Keypath,
  type MissingExpression,
  SEVERITIES,
  type Severity,
  type TextRange,
} from '../tree/ast'
import { parseCase } from './case-parser'
import { parseForeignInfix, parseForeignPrefix, parseTernary } from './foreign/expressions'
import { atSqlCase, parseSqlCase } from './foreign/sql-case'
import { parseKeypathFrom, parseMembers } from './keypath-parser'
import {
  atNumber,
  atNumeric,
  parseFraction,
  parseNumeric,
  parseQuantity,
  parseSqlInterval,
  parseString,
  warnLiteralCase,
} from './literal-parser'
import { BINARY_PRECEDENCE } from './precedence'
import { parseTimestamp } from './timestamp-parser'
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

export function isMethodCall(s: TokenStream): boolean {
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

/** An opening bracket, an expression and its closing bracket; undefined when nested too deep. */
export function parseNested(s: TokenStream, closer: TokenKind): Expression | undefined {
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
export function parsePrimary(s: TokenStream): Expression {
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

export function failMissing(s: TokenStream): MissingExpression {
  s.fail(problem.expectedExpression(s.here(), s.found()))
  return missing(s)
}

export function missing(s: TokenStream): MissingExpression {
  return { kind: 'MissingExpression', range: { start: s.previousEnd, end: s.previousEnd } }
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
