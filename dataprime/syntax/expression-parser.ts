/**
 * Expressions, by precedence climbing. The production each function reads stands above it. A function that
 * finds no operand reports it and answers with a `MissingExpression`; none of them throws.
 */

import { signaturesOf } from '../catalogue/functions'
import * as problem from '../diagnostics/codes'
import { isBareName } from '../format/print'
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
} from '../tree/ast'
import { CASE_FORMS, SEVERITIES } from '../tree/ast'
import { parseForeignInfix, parseForeignPrefix, parseTernary, skipSqlCase } from './foreign/expressions'
import { intervalNanoseconds } from './interval'
import { BINARY_PRECEDENCE } from './precedence'
import { ENDS_AT_COLON, ENDS_AT_SPACED_PARENTHESIS, isWord, rangeOf, type TokenStream } from './token-stream'
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
    if (precedence < least) return left
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
    s.advance()
    const operand = parsePrefix(s)
    s.leave()
    const range = s.rangeFrom(start)
    if (kind === '-')
      s.warn(problem.undocumentedForm(range, 'a minus before an expression', 'multiply by -1'))
    return { kind: 'UnaryExpression', operator: kind, operand, range }
  }
  return parseForeignPrefix(s, () => parseOperators(s, BINARY_PRECEDENCE['=='])) ?? parsePostfix(s)
}

/** Whether a number or interval stands here, with or without its sign. */
export function atNumeric(s: TokenStream): boolean {
  if (!s.at('-')) return isNumeric(s.token.kind)
  return isNumeric(s.peek().kind) && s.peek().start === s.token.end
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
    } else if (s.at(':') && (s.ends & ENDS_AT_COLON) === 0) {
      node = parseCast(s, start, node)
    } else {
      return node
    }
  }
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
  const list = parseArguments(s)
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
      s.warn(problem.undocumentedForm(rangeOf(key), 'a quoted key after a dot', `use ['${value}']`))
    }
    return { kind: 'NameSegment', name: value, range: s.rangeFrom(start) }
  }
  s.fail(problem.expectedKey(s.here(), s.found()))
  // A number after a dot is meant as a key; anything else is left for whoever can use it.
  if (isNumeric(kind) || kind === 'namespace') s.advance()
  return undefined
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
    s.fail(problem.expectedToken(s.here(), closer === 'template-close' ? '}' : closer, s.found()))
    do s.skipToListPoint()
    while (s.eat(','))
  }
  s.eat(closer)
  s.ends = outer
  s.leave()
  return expression
}

/** Cast = ":" type */
function parseCast(s: TokenStream, start: number, expression: Expression): Expression {
  s.advance()
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

/** Primary = Literal | Timestamp | Template | Array | Object | Case | Call | Keypath | "(" Expression ")" */
function parsePrimary(s: TokenStream): Expression {
  switch (s.token.kind) {
    case 'name':
      return parseNamed(s)
    case 'namespace':
      return parseKeypathFrom(s)
    case 'number':
    case 'interval':
      return parseNumeric(s)
    case '-':
      return atNumeric(s) ? parseNumeric(s) : failMissing(s)
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

export function parseString(s: TokenStream): Expression {
  const token = s.advance()
  warnDoubleQuotes(s, token)
  return {
    kind: 'StringLiteral',
    value: token.value,
    quote: token.text.startsWith('"') ? 'double' : 'single',
    range: rangeOf(token),
  }
}

function warnDoubleQuotes(s: TokenStream, token: Token): void {
  if (token.text.startsWith('"')) s.warn(problem.doubleQuotes(rangeOf(token)))
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
  if (opensCall(s, name, next)) return parseCall(s)
  if (next.kind === '{' && CASE_WORDS.has(name.text)) return parseCase(s, name.text as CaseForm)
  if (isWord(name, 'case') && isWord(next, 'when')) return skipSqlCase(s)
  const literal = LITERAL_WORDS.get(name.text)
  if (literal !== undefined) return literal(rangeOf(s.advance()))
  return parseKeypathFrom(s)
}

/** Call = name Arguments */
function parseCall(s: TokenStream): CallExpression {
  const token = s.advance()
  let name = token.text
  if (
    name === 'count' &&
    isWord(s.peek(), 'distinct') &&
    s.canStartOperand(s.peek(2)) &&
    s.peek(2).kind !== '('
  ) {
    s.warn(problem.countDistinct(rangeOf(s.peek())))
    name = 'distinct_count'
  }
  const list = parseArguments(s, name !== token.text)
  return {
    kind: 'CallExpression',
    name,
    nameRange: rangeOf(token),
    arguments: list,
    range: s.rangeFrom(token.start),
  }
}

/** Arguments = "(" [ Argument { "," Argument } ] ")" */
export function parseArguments(s: TokenStream, skipFirstWord = false): readonly Argument[] {
  if (s.peek(1).kind === '*' && s.peek(2).kind === ')') {
    s.advance()
    s.warn(problem.countStar(rangeOf(s.advance())))
    s.advance()
    return []
  }
  return parseBracketed(s, ')', (index) => {
    if (index === 0 && skipFirstWord) s.advance()
    return parseArgument(s)
  })
}

/** Argument = [ name "=" ] Expression */
export function parseArgument(s: TokenStream): Argument {
  const start = s.token.start
  let name: string | null = null
  if (s.at('name') && s.peek().kind === '=') {
    name = s.advance().text
    s.advance()
  }
  const value = parseExpression(s)
  return { kind: 'Argument', name, value, range: s.rangeFrom(start) }
}

/**
 * A bracketed list with the cursor at its opening bracket. After a mistake in one element reading goes on
 * with the next.
 */
export function parseBracketed<Element>(
  s: TokenStream,
  closer: ')' | ']' | '}',
  parseElement: (index: number) => Element,
): readonly Element[] {
  if (!s.enter()) return []
  s.advance()
  const outer = s.ends
  s.ends = 0
  const elements: Element[] = []
  let broken = false
  while (!s.at(closer)) {
    elements.push(parseElement(elements.length))
    if (!s.at(',') && !s.at(closer)) {
      broken = true
      s.fail(problem.expectedToken(s.here(), closer, s.found()))
      s.skipToListPoint()
    }
    const comma = s.token
    if (!s.eat(',')) break
    if (s.at(closer)) s.warn(problem.trailingComma(rangeOf(comma)))
  }
  if (!s.eat(closer) && !broken) s.fail(problem.expectedToken(s.here(), closer, s.found()))
  s.ends = outer
  s.leave()
  return elements
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
  const operand = parseTimestampOperand(s)
  const range = s.rangeFrom(start)
  const inNanoseconds = operand.inParentheses && operand.expression.kind === 'NumberLiteral'
  const node = { kind: 'TimestampLiteral', operand: operand.expression, range } as const
  return inNanoseconds ? { ...node, inNanoseconds } : node
}

function parseTimestampOperand(s: TokenStream): { expression: Expression; inParentheses: boolean } {
  switch (s.token.kind) {
    case 'string':
    case 'number':
    case 'template-start':
      return { expression: parsePrimary(s), inParentheses: false }
    case '(':
      return { expression: parsePrimary(s), inParentheses: true }
    case 'name': {
      const { text, start, end } = s.token
      s.warn(problem.bareTimestamp({ start, end }, text))
      s.advance()
      return {
        expression: { kind: 'StringLiteral', value: text, quote: 'single', range: { start, end } },
        inParentheses: false,
      }
    }
    default:
      return { expression: failMissing(s), inParentheses: false }
  }
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
  parseBracketed(s, '}', (index) => {
    if (index === 0 && form !== 'case') subject = parseExpression(s)
    else arms.push(parseCaseArm(s))
  })
  const range = s.rangeFrom(start)
  if (arms.length === 0)
    s.warn(problem.missingClause(range, form, 'at least one arm', `${form} { … -> …, _ -> … }`))
  const early = arms.findIndex(({ pattern }) => pattern === null)
  if (early !== -1 && early < arms.length - 1) {
    s.warn(problem.misplacedDefault((arms[early] as CaseArm).range))
  }
  return { kind: 'CaseExpression', form, subject, arms, range }
}

function parseCaseArm(s: TokenStream): CaseArm {
  const start = s.token.start
  let pattern: Expression | null = null
  if (s.token.text === '_' && s.peek().kind === '->') s.advance()
  else pattern = parseExpression(s)
  // After `:` or `=>` in place of the arrow the value still follows.
  if (!s.expect('->') && (s.at(':') || s.at('=>'))) s.advance()
  const value = s.at(',') || s.at('}') ? failMissing(s) : parseExpression(s)
  return { kind: 'CaseArm', pattern, value, range: s.rangeFrom(start) }
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

/** Keypath = (namespace | name) Segments, with the cursor at the namespace or name. */
function parseKeypathFrom(s: TokenStream, methodsEnd = true): Keypath {
  const token = s.advance()
  const segments: Segment[] = []
  let namespace: Namespace | null = null
  if (token.kind === 'namespace') {
    namespace = NAMESPACE_WORDS.get(token.text) ?? null
    if (namespace === null) {
      s.warn(problem.unknownNamespace(rangeOf(token), token.text))
      namespace = '$d'
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
    const { value } = s.token
    s.fail(problem.expectedKeypath(s.here(), s.found(), 'a name is written without quotes'))
    const range = rangeOf(s.advance())
    return {
      kind: 'Keypath',
      namespace: null,
      segments: [{ kind: 'NameSegment', name: value, range }],
      range,
    }
  }
  s.fail(problem.expectedKeypath(s.here(), s.found()))
  return missingKeypath(s)
}

export function missingKeypath(s: TokenStream): Keypath {
  return { kind: 'Keypath', namespace: null, segments: [], range: missing(s).range }
}
