/** Expressions in plain English; what has no everyday wording is said as it is written. */

import { printExpression } from '../format/print'
import { speakInterval } from '../syntax/interval'
import { precedenceOf } from '../syntax/precedence'
import type { BinaryExpression, BinaryOperator, Expression, Keypath } from '../tree/ast'
import { walk } from '../tree/walk'

/** A longer expression is not put into words: nobody would follow them. */
const NODES_MAX = 60

export function sayExpression(expression: Expression): string {
  let nodes = 0
  let comparisons = 0
  walk(expression, (node) => {
    nodes++
    if (node.kind === 'BinaryExpression' && COMPARISONS[node.operator] !== undefined) comparisons++
  })
  if (nodes > NODES_MAX) return comparisons > 1 ? `${comparisons} conditions hold` : 'a long expression'
  return say(expression)
}

/** A field as people name it: without `$d.`, and metadata without `$m.`. */
export function sayKeypath(keypath: Keypath): string {
  const { namespace, segments } = keypath
  const bare = (namespace === '$d' || namespace === '$m') && segments[0]?.kind === 'NameSegment'
  if (segments.length === 0) return namespace === null ? 'nothing' : 'the whole record'
  return printExpression(bare ? { ...keypath, namespace: null } : keypath).replace(/^\$d\./, '')
}

/** A value as it is written. */
export function sayValue(expression: Expression): string {
  return expression.kind === 'Keypath' ? sayKeypath(expression) : printExpression(expression)
}

/** The length of an interval; "hour" for "1 hour" after a word such as "last". */
export function sayInterval(expression: Expression, bareOne = false): string {
  return expression.kind === 'IntervalLiteral'
    ? speakInterval(expression.nanoseconds, bareOne)
    : sayExpression(expression)
}

export function sayList(list: readonly Expression[]): string {
  const parts = list.map(sayExpression)
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

const COMPARISONS: { readonly [Operator in BinaryOperator]?: string } = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is greater than',
  '>=': 'is at least',
  '~': 'mentions',
  '~~': 'mentions',
}

const WORDS: { readonly [Operator in BinaryOperator]?: string } = {
  '&&': 'and',
  '||': 'or',
  '+': 'plus',
  '-': 'minus',
  '*': 'times',
  '/': 'divided by',
  '%': 'modulo',
}

function say(node: Expression): string {
  switch (node.kind) {
    case 'Keypath':
      return sayKeypath(node)
    case 'BinaryExpression':
      return sayBinary(node)
    case 'UnaryExpression':
      return node.operator === '!' ? sayNot(node.operand) : printExpression(node)
    case 'CallExpression':
      return sayCall(node.name, values(node.arguments), node)
    case 'MethodCallExpression':
      return sayCall(node.name, [node.target, ...values(node.arguments)], node)
    case 'CastExpression':
      return say(node.expression)
    case 'TimestampLiteral':
      return sayTimestamp(node.operand, node)
    case 'IntervalLiteral':
      return speakInterval(node.nanoseconds)
    case 'MissingExpression':
      return 'something that is missing'
    default:
      return printExpression(node)
  }
}

function values(list: Extract<Expression, { kind: 'CallExpression' }>['arguments']): readonly Expression[] {
  return list.map(({ value }) => value)
}

function sayTimestamp(operand: Expression, node: Expression): string {
  if (operand.kind !== 'StringLiteral') return printExpression(node)
  return operand.value === 'now' ? 'now' : operand.value
}

function sayBinary(node: BinaryExpression): string {
  const { operator, left, right } = node
  if (right.kind === 'NullLiteral' && operator === '==') return `${say(left)} is missing`
  if (right.kind === 'NullLiteral' && operator === '!=') return `${say(left)} is present`
  if (isTime(left) && right.kind === 'IntervalLiteral') {
    const interval = speakInterval(right.nanoseconds)
    if (operator === '-') return `${interval} before ${say(left)}`
    if (operator === '+') return `${interval} after ${say(left)}`
    if (operator === '/') return `${say(left)} in steps of ${interval}`
  }
  const comparison = COMPARISONS[operator]
  if (comparison !== undefined) return `${operand(left, node)} ${comparison} ${operand(right, node)}`
  return `${operand(left, node)} ${WORDS[operator]} ${operand(right, node)}`
}

/** Whether an expression is a point in time as far as its form tells. */
export function isTime(node: Expression): boolean {
  if (node.kind === 'TimestampLiteral') return true
  if (node.kind === 'CallExpression') return node.name === 'now'
  const last = node.kind === 'Keypath' ? node.segments.at(-1) : undefined
  return last?.kind === 'NameSegment' && /time(stamp)?$/i.test(last.name)
}

/** An operand, in parentheses where the words around it would be taken for part of it. */
function operand(node: Expression, parent: BinaryExpression): string {
  const looser = node.kind === 'BinaryExpression' && precedenceOf(node) < precedenceOf(parent)
  const nested =
    node === parent.right && node.kind === 'BinaryExpression' && precedenceOf(node) === precedenceOf(parent)
  // "the number of rows where a is b divided by c" would divide b.
  const conditional =
    WORDS[parent.operator] !== undefined && node.kind === 'CallExpression' && node.name === 'count_if'
  return looser || nested || conditional ? `(${say(node)})` : say(node)
}

const NEGATED_COMPARISONS: { readonly [Operator in BinaryOperator]?: BinaryOperator } = {
  '==': '!=',
  '!=': '==',
}

function sayNot(node: Expression): string {
  if (node.kind === 'BinaryExpression') {
    const opposite = NEGATED_COMPARISONS[node.operator]
    if (opposite !== undefined) return sayBinary({ ...node, operator: opposite })
    if (node.operator === '~' || node.operator === '~~') {
      return `${operand(node.left, node)} does not mention ${operand(node.right, node)}`
    }
  }
  if (node.kind === 'CallExpression' || node.kind === 'MethodCallExpression') {
    const operands =
      node.kind === 'CallExpression' ? values(node.arguments) : [node.target, ...values(node.arguments)]
    const phrase = NEGATED_CALLS.get(node.name)?.(operands)
    if (phrase !== undefined) return phrase
  }
  return `not (${say(node)})`
}

type Phrase = (operands: readonly Expression[]) => string | undefined

function ofTwo(verb: string): Phrase {
  return ([subject, object, ...rest]) =>
    subject !== undefined && object !== undefined && rest.length === 0
      ? `${say(subject)} ${verb} ${say(object)}`
      : undefined
}

function ofOne(before: string): Phrase {
  return ([subject, ...rest]) =>
    subject !== undefined && rest.length === 0 ? `${before} ${say(subject)}` : undefined
}

function oneOf(verb: string): Phrase {
  return ([subject, ...candidates]) => {
    if (subject === undefined || candidates.length === 0) return undefined
    return `${say(subject)} ${verb} ${candidates.map(say).join(', ')}`
  }
}

function ordinal(share: number): string {
  const percent = Number((share * 100).toPrecision(10))
  const last = percent % 10
  const teen = percent % 100 >= 11 && percent % 100 <= 13
  const suffix =
    !Number.isInteger(percent) || teen
      ? 'th'
      : last === 1
        ? 'st'
        : last === 2
          ? 'nd'
          : last === 3
            ? 'rd'
            : 'th'
  return `${percent}${suffix}`
}

const CALLS: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  ['contains', ofTwo('contains')],
  ['startsWith', ofTwo('starts with')],
  ['endsWith', ofTwo('ends with')],
  ['matches', ofTwo('matches')],
  ['textSearch', ofTwo('mentions')],
  ['arrayContains', ofTwo('contains')],
  ['ipInSubnet', ofTwo('is in the subnet')],
  ['in', oneOf('is one of')],
  [
    'count',
    (operands) => (operands.length === 0 ? 'the number of rows' : ofOne('the number of rows with')(operands)),
  ],
  ['count_if', ofOne('the number of rows where')],
  ['distinct_count', ofOne('the number of different')],
  ['approx_count_distinct', ofOne('the approximate number of different')],
  ['sum', ofOne('the sum of')],
  ['avg', ofOne('the average of')],
  ['median', ofOne('the median of')],
  ['min', ofOne('the smallest')],
  ['max', ofOne('the largest')],
  ['stddev', ofOne('the standard deviation of')],
  ['variance', ofOne('the variance of')],
  ['collect', ofOne('the list of')],
  ['any_value', (operands) => (operands.length === 0 ? 'any one row' : ofOne('some')(operands))],
  ['toLowerCase', ofOne('the lower-case')],
  ['toUpperCase', ofOne('the upper-case')],
  ['length', ofOne('the length of')],
  ['now', (operands) => (operands.length === 0 ? 'now' : undefined)],
  [
    'percentile',
    ([share, value]) =>
      share?.kind === 'NumberLiteral' && value !== undefined
        ? `the ${ordinal(share.value)} percentile of ${say(value)}`
        : undefined,
  ],
  [
    'roundTime',
    ([time, interval]) =>
      time !== undefined && interval?.kind === 'IntervalLiteral'
        ? `${say(time)} in steps of ${speakInterval(interval.nanoseconds)}`
        : undefined,
  ],
])

const NEGATED_CALLS: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  ['contains', ofTwo('does not contain')],
  ['startsWith', ofTwo('does not start with')],
  ['endsWith', ofTwo('does not end with')],
  ['matches', ofTwo('does not match')],
  ['textSearch', ofTwo('does not mention')],
  ['arrayContains', ofTwo('does not contain')],
  ['ipInSubnet', ofTwo('is not in the subnet')],
  ['in', oneOf('is none of')],
])

function sayCall(name: string, operands: readonly Expression[], node: Expression): string {
  return CALLS.get(name)?.(operands) ?? printExpression(node)
}
