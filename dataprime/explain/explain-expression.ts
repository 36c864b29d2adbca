/** Expressions in plain English; what has no everyday wording is said as it is written. */

import { FIELDS } from '../catalogue/fields'
import { type FunctionSignature, signaturesOf } from '../catalogue/functions'
import { printExpression } from '../format/print'
import { speakInterval } from '../syntax/interval'
import { precedenceOf } from '../syntax/precedence'
import type {
  Argument,
  BinaryExpression,
  BinaryOperator,
  CallExpression,
  CaseExpression,
  CaseForm,
  Expression,
  Keypath,
  MethodCallExpression,
} from '../tree/ast'
import { isCall } from '../tree/calls'
import { walk } from '../tree/walk'
import { conditionPhrase, currentName, sayUnit, valuePhrase } from './phrases'
import { joinWords } from './wording'

/** A longer expression is not put into words: nobody would follow them. */
const NODES_MAX = 80

/** What the value of an expression is: "ms divided by 1000". */
export function sayExpression(expression: Expression): string {
  if (measure(expression).nodes <= NODES_MAX) return say(expression)
  return expression.kind === 'CaseExpression' ? sayLongCase(expression) : 'a long expression'
}

/** When an expression holds: "severity is ERROR and path does not start with '/health'". */
export function sayCondition(expression: Expression): string {
  const { nodes, comparisons } = measure(expression)
  if (nodes <= NODES_MAX) return sayHolds(expression)
  return comparisons > 1 ? `${comparisons} conditions hold` : 'a long condition holds'
}

function measure(expression: Expression): { nodes: number; comparisons: number } {
  let nodes = 0
  let comparisons = 0
  walk(expression, (node) => {
    nodes++
    if (node.kind === 'BinaryExpression' && COMPARISONS[node.operator] !== undefined) comparisons++
  })
  return { nodes, comparisons }
}

/** A field as people name it: without `$d.`, `$m.` and `$l.`, parameters and whole parts of the record in words. */
export function sayKeypath(keypath: Keypath): string {
  const { namespace, segments } = keypath
  const [first, second] = segments
  if (first === undefined) return namespace === null ? 'nothing' : WHOLE[namespace]
  if (namespace === '$p') return sayParameter(keypath)
  const named = first.kind === 'IndexSegment' && first.index.kind === 'Keypath' && second === undefined
  if (named) return `the field named by ${say(first.index)}`
  const name = printExpression(keypath).replace(/^\$[dml]\./, '')
  return namespace === '$d' && RECORD_FIELDS.has(name) ? `${name} of the data` : name
}

/** Names of metadata and labels: data of the same name is told apart from them. */
const RECORD_FIELDS: ReadonlySet<string> = new Set(
  [...FIELDS.logs, ...FIELDS.spans].filter(({ namespace }) => namespace !== '$d').map(({ name }) => name),
)

const WHOLE = {
  $d: 'the whole record',
  $m: 'the metadata',
  $l: 'the labels',
  $p: 'the parameters',
} as const

function sayParameter(keypath: Keypath): string {
  const written = printExpression(keypath)
  if (written === '$p.timeRange.startTime') return 'the start of the selected time range'
  if (written === '$p.timeRange.endTime') return 'the end of the selected time range'
  return `the parameter ${written.replace(/^\$p\.?/, '')}`
}

/** A value as it is written. */
export function sayValue(expression: Expression): string {
  const hasWords = expression.kind === 'Keypath' || expression.kind === 'MissingExpression'
  return hasWords ? say(expression) : printExpression(expression)
}

/** The length of an interval; "hour" for "1 hour" after a word such as "last". */
export function sayInterval(expression: Expression, bareOne = false): string {
  return expression.kind === 'IntervalLiteral'
    ? speakInterval(expression.nanoseconds, bareOne)
    : sayExpression(expression)
}

/** What a time is rounded to: "the hour", "steps of 10 minutes". */
export function sayRounding(interval: Expression): string {
  const said = sayInterval(interval, true)
  const oneUnit = interval.kind === 'IntervalLiteral' && !said.includes(' ')
  return oneUnit ? `the ${said}` : `steps of ${said}`
}

export function sayList(list: readonly Expression[]): string {
  return joinWords(list.map(sayExpression))
}

/** The type a value is made into: "a number". */
export function sayType(type: string): string {
  return TYPES.get(type) ?? (type === '' ? 'a type that is missing' : type)
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['num', 'a number'],
  ['boolean', 'a boolean'],
  ['bool', 'a boolean'],
  ['timestamp', 'a timestamp'],
  ['interval', 'an interval'],
  ['array', 'an array'],
  ['object', 'an object'],
])

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

const TIME_COMPARISONS: { readonly [Operator in BinaryOperator]?: string } = {
  '<': 'is before',
  '<=': 'is no later than',
  '>': 'is after',
  '>=': 'is no earlier than',
}

/** Beside "1 hour from now" the later time is the longer while. */
const AHEAD_COMPARISONS: { readonly [Operator in BinaryOperator]?: string } = {
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
}

/** Beside "1 hour ago" it is the shorter one. */
const AGE_COMPARISONS: { readonly [Operator in BinaryOperator]?: string } = {
  '<': 'is more than',
  '<=': 'is at least',
  '>': 'is less than',
  '>=': 'is at most',
}

const NEGATED_COMPARISONS: { readonly [Operator in BinaryOperator]?: string } = {
  '==': 'is not',
  '!=': 'is',
  '<': 'is not less than',
  '<=': 'is not at most',
  '>': 'is not greater than',
  '>=': 'is not at least',
  '~': 'does not mention',
  '~~': 'does not mention',
}

const CONNECTIVES: { readonly [Operator in BinaryOperator]?: string } = { '&&': 'and', '||': 'or' }

const ARITHMETIC: { readonly [Operator in BinaryOperator]?: string } = {
  '+': 'plus',
  '-': 'minus',
  '*': 'times',
  '/': 'divided by',
  '%': 'modulo',
}

// ---------------------------------------------------------------------------------------------------------
// Values

function say(node: Expression): string {
  switch (node.kind) {
    case 'Keypath':
      return sayKeypath(node)
    case 'BinaryExpression':
      return isTest(node) ? sayHolds(node) : sayArithmetic(node)
    case 'UnaryExpression':
      return node.operator === '!' ? sayFails(node.operand) : `minus ${sayOperand(node.operand)}`
    case 'CallExpression':
    case 'MethodCallExpression':
      return sayCall(node)
    case 'CastExpression':
      return `${sayOperand(node.expression)} (as ${sayType(node.type)})`
    case 'TimestampLiteral':
      return sayTimestamp(node.operand)
    case 'IntervalLiteral':
      return `${node.nanoseconds < 0 ? 'minus ' : ''}${speakInterval(node.nanoseconds)}`
    case 'InterpolatedString':
      return `the text ${printExpression(node)}`
    case 'RegexLiteral':
      return `the pattern ${printExpression(node)}`
    case 'CaseExpression':
      return sayCase(node)
    case 'MissingExpression':
      return 'something that is missing'
    default:
      return printExpression(node)
  }
}

/** A value among other words, in parentheses where those would be taken for part of it. */
function sayOperand(node: Expression): string {
  const compound = node.kind === 'BinaryExpression' || isConditional(node)
  return compound && !isTimeShift(node) ? `(${say(node)})` : say(node)
}

function sayArithmetic(node: BinaryExpression): string {
  const { operator, left, right } = node
  if (operator === '/' && isTime(left)) return sayRounded(left, right)
  if (isTimeShift(node)) return sayShifted(node)
  return `${operandOf(node, left)} ${ARITHMETIC[operator]} ${operandOf(node, right)}`
}

/** A time and an interval between it and another time. */
function isTimeShift(node: Expression): node is BinaryExpression {
  return (
    node.kind === 'BinaryExpression' &&
    (node.operator === '-' || node.operator === '+') &&
    isTime(node.left) &&
    node.right.kind === 'IntervalLiteral'
  )
}

function sayShifted(shift: BinaryExpression): string {
  const { left, right } = shift
  const length = sayInterval(right)
  if (isNow(left)) return `${length} ${goesBack(shift) ? 'ago' : 'from now'}`
  return `${length} ${goesBack(shift) ? 'before' : 'after'} ${say(left)}`
}

function goesBack({ operator, right }: BinaryExpression): boolean {
  const negative = right.kind === 'IntervalLiteral' && right.nanoseconds < 0
  return (operator === '-') !== negative
}

function isNow(node: Expression): boolean {
  if (node.kind === 'CallExpression') return node.name === 'now' && node.arguments.length === 0
  return (
    node.kind === 'TimestampLiteral' && node.operand.kind === 'StringLiteral' && node.operand.value === 'now'
  )
}

/** A field goes up in steps; a single time is rounded down. */
function sayRounded(time: Expression, interval: Expression): string {
  return time.kind === 'Keypath'
    ? `${say(time)} in steps of ${sayInterval(interval)}`
    : `${say(time)} rounded down to ${sayRounding(interval)}`
}

/** Whether an expression is a point in time as far as its form tells. */
export function isTime(node: Expression): boolean {
  switch (node.kind) {
    case 'TimestampLiteral':
      return true
    case 'CallExpression':
    case 'MethodCallExpression':
      return signaturesOf(node.name).some(({ result }) => result === 'timestamp')
    case 'CastExpression':
      return node.type === 'timestamp'
    case 'Keypath': {
      const last = node.segments.at(-1)
      return last?.kind === 'NameSegment' && /^(start|end)?_?time$|timestamp$/i.test(last.name)
    }
    default:
      return false
  }
}

/** A fixed time: digits tell the unit of a number by how many there are. */
function sayTimestamp(operand: Expression): string {
  if (operand.kind === 'StringLiteral') return operand.value
  const moment = operand.kind === 'NumberLiteral' ? momentOf(operand.text) : undefined
  return moment ?? `the time ${sayOperand(operand)}`
}

const NANOSECOND_DIGITS = 19

function momentOf(digits: string): string | undefined {
  if (![10, 13, 16, 19].includes(digits.length) || /\D/.test(digits)) return undefined
  const milliseconds = Number(digits.padEnd(NANOSECOND_DIGITS, '0').slice(0, 13))
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}

/** An operand of a binary expression, in parentheses where the words around it would be taken for part of it. */
function operandOf(parent: BinaryExpression, node: Expression): string {
  if (isConditional(node)) return `(${say(node)})`
  if (node.kind !== 'BinaryExpression' || isTimeShift(node)) return say(node)
  const difference = precedenceOf(node) - precedenceOf(parent)
  return difference < 0 || (difference === 0 && node === parent.right) ? `(${say(node)})` : say(node)
}

// ---------------------------------------------------------------------------------------------------------
// Conditions

function isTest({ operator }: BinaryExpression): boolean {
  return ARITHMETIC[operator] === undefined
}

function sayHolds(node: Expression): string {
  switch (node.kind) {
    case 'BinaryExpression':
      return isTest(node) ? sayTest(node) : `(${say(node)}) is true`
    case 'UnaryExpression':
      return node.operator === '!' ? sayFails(node.operand) : `${say(node)} is true`
    case 'CallExpression':
    case 'MethodCallExpression':
      return sayConditionCall(node, true) ?? `${sayOperand(node)} is true`
    case 'BooleanLiteral':
    case 'MissingExpression':
      return say(node)
    default:
      return `${sayOperand(node)} is true`
  }
}

function sayTest(node: BinaryExpression): string {
  const { operator, left, right } = node
  const connective = CONNECTIVES[operator]
  if (connective !== undefined) return `${part(node, left)} ${connective} ${part(node, right)}`
  if (operator === '==' || operator === '!=') {
    const special = sayEquality(left, right, operator === '==')
    if (special !== undefined) return special
  }
  return `${comparandOf(node, left)} ${comparisonWords(node)} ${comparandOf(node, right)}`
}

/** An operand of a comparison: another one would be lost in the words of this one. */
function comparandOf(comparison: BinaryExpression, node: Expression): string {
  const isComparison = node.kind === 'BinaryExpression' && COMPARISONS[node.operator] !== undefined
  return isComparison ? `(${say(node)})` : operandOf(comparison, node)
}

function comparisonWords({ operator, left, right }: BinaryExpression): string | undefined {
  let words: string | undefined
  if (isTimeShift(right) && isNow(right.left))
    words = (goesBack(right) ? AGE_COMPARISONS : AHEAD_COMPARISONS)[operator]
  else if (isTimeShift(right) || isTime(left) || isTime(right)) words = TIME_COMPARISONS[operator]
  return words ?? COMPARISONS[operator]
}

/** A part of a condition joined by `and` or `or`; another kind of joint in it is put in parentheses. */
function part(parent: BinaryExpression, node: Expression): string {
  const joint =
    node.kind === 'BinaryExpression' &&
    CONNECTIVES[node.operator] !== undefined &&
    node.operator !== parent.operator
  return joint ? `(${sayHolds(node)})` : sayHolds(node)
}

/** What is compared with null, an empty text, true or false, where there are better words than "is". */
function sayEquality(left: Expression, right: Expression, equal: boolean): string | undefined {
  // `null == a` asks the same of a as `a == null`.
  if (isWrittenOut(left) && !isWrittenOut(right)) {
    return sayEquality(right, left, equal) ?? `${sayOperand(right)} ${equal ? 'is' : 'is not'} ${say(left)}`
  }
  if (right.kind === 'NullLiteral') return `${sayOperand(left)} is ${equal ? 'missing' : 'present'}`
  if (right.kind === 'StringLiteral' && right.value === '')
    return `${sayOperand(left)} is ${equal ? 'empty' : 'not empty'}`
  if (right.kind === 'BooleanLiteral' && left.kind !== 'Keypath')
    return equal === right.value ? sayHolds(left) : sayFails(left)
  return undefined
}

function isWrittenOut({ kind }: Expression): boolean {
  return (
    kind === 'NullLiteral' ||
    kind === 'BooleanLiteral' ||
    kind === 'StringLiteral' ||
    kind === 'NumberLiteral'
  )
}

function sayFails(node: Expression): string {
  switch (node.kind) {
    case 'BinaryExpression': {
      const words = NEGATED_COMPARISONS[node.operator]
      if (words === undefined) return `not (${sayHolds(node)})`
      const special =
        node.operator === '==' || node.operator === '!='
          ? sayEquality(node.left, node.right, node.operator !== '==')
          : undefined
      return special ?? `${comparandOf(node, node.left)} ${words} ${comparandOf(node, node.right)}`
    }
    case 'UnaryExpression':
      return node.operator === '!' ? `not (${sayFails(node.operand)})` : `${say(node)} is not true`
    case 'CallExpression':
    case 'MethodCallExpression':
      return sayConditionCall(node, false) ?? `${sayOperand(node)} is not true`
    default:
      return `${sayOperand(node)} is not true`
  }
}

// ---------------------------------------------------------------------------------------------------------
// Choices

/** Whether an expression is one of several values. */
export function isChoice(node: Expression): boolean {
  return node.kind === 'CaseExpression' || (node.kind === 'CallExpression' && node.name === 'if')
}

/** Whether an expression is said with a clause, which would swallow the words after it. */
export function isConditional(node: Expression): boolean {
  if (isChoice(node)) return true
  if (!isCall(node)) return false
  const phrase = valuePhrase(node.name, operandsOf(node)?.length ?? 0)
  return phrase !== undefined && / (that|where) /.test(phrase)
}

const SUBJECT_TESTS: Readonly<Record<Exclude<CaseForm, 'case'>, string>> = {
  case_equals: 'is',
  case_contains: 'contains',
  case_greaterthan: 'is greater than',
  case_lessthan: 'is less than',
  case_find: 'mentions',
}

function sayCase({ form, subject, arms }: CaseExpression): string {
  const choices = arms.map(({ pattern, value }, index) => {
    if (pattern === null) return index === 0 ? sayChoice(value) : `otherwise ${sayChoice(value)}`
    if (form === 'case' || subject === null) return `${sayChoice(value)} if ${sayHolds(pattern)}`
    const asked = index === 0 ? sayOperand(subject) : 'it'
    return `${sayChoice(value)} if ${asked} ${SUBJECT_TESTS[form]} ${sayOperand(pattern)}`
  })
  const complete = arms.some(({ pattern }) => pattern === null)
  return [...choices, ...(complete ? [] : ['otherwise null'])].join(', ')
}

/** A case block of too many arms to be told one by one. */
function sayLongCase({ form, subject, arms }: CaseExpression): string {
  const on = form === 'case' || subject === null ? `${arms.length} conditions` : sayExpression(subject)
  return `one of ${arms.length} values, depending on ${on}`
}

function sayChoice(value: Expression): string {
  return isConditional(value) ? `(${say(value)})` : say(value)
}

function sayIf([condition, then, otherwise]: readonly Expression[]): string | undefined {
  if (condition === undefined || then === undefined) return undefined
  const rest = otherwise === undefined ? 'null' : sayChoice(otherwise)
  return `${sayChoice(then)} if ${sayHolds(condition)}, otherwise ${rest}`
}

// ---------------------------------------------------------------------------------------------------------
// Calls

type Call = CallExpression | MethodCallExpression

function sayCall(node: Call): string {
  const operands = operandsOf(node)
  const withOptions = OPTION_CALLS.get(node.name)?.(operandsByName(node))
  if (withOptions !== undefined) return withOptions
  const said =
    operands === undefined
      ? undefined
      : (SPECIAL_CALLS.get(currentName(node.name))?.(operands) ??
        fillIn(valuePhrase(node.name, operands.length), operands))
  return said ?? sayConditionCall(node, true) ?? printExpression(node)
}

function sayConditionCall(node: Call, holds: boolean): string | undefined {
  const operands = operandsOf(node)
  if (operands === undefined) return undefined
  return (
    sayMembership(node.name, operands, holds) ??
    fillIn(conditionPhrase(node.name, holds, operands.length), operands)
  )
}

/** The arguments in the order of the signature; undefined when they are named and it does not tell. */
function operandsOf(node: Call): readonly Expression[] | undefined {
  const operands = node.kind === 'MethodCallExpression' ? [node.target] : []
  const named: Argument[] = []
  for (const argument of node.arguments) {
    if (argument.name === null) operands.push(argument.value)
    else named.push(argument)
  }
  if (named.length === 0) return operands
  for (const signature of signaturesOf(node.name)) {
    const placed = placeNamed(signature, operands, named)
    if (placed !== undefined) return placed
  }
  return undefined
}

function placeNamed(
  { parameters }: FunctionSignature,
  positional: readonly Expression[],
  named: readonly Argument[],
): readonly Expression[] | undefined {
  const placed = [...positional]
  for (const { name } of parameters.slice(positional.length)) {
    const argument = named.find((argument) => argument.name === name)
    if (argument === undefined) break
    placed.push(argument.value)
  }
  return placed.length === positional.length + named.length ? placed : undefined
}

/** The arguments under the names of their parameters, in whatever order they were given. */
function operandsByName(node: Call): ReadonlyMap<string, Expression> {
  const parameters = signaturesOf(node.name)[0]?.parameters ?? []
  const operands = node.kind === 'MethodCallExpression' ? [{ name: null, value: node.target }] : []
  return new Map(
    [...operands, ...node.arguments].map(({ name, value }, index) => [
      name ?? parameters[index]?.name ?? String(index),
      value,
    ]),
  )
}

/** "x is one of 'a', 'b'" for the three ways to ask it. */
function sayMembership(name: string, operands: readonly Expression[], holds: boolean): string | undefined {
  const [first, second] = operands
  if (first === undefined || second === undefined) return undefined
  if (name === 'in') return isOneOf(first, operands.slice(1), holds)
  if (operands.length > 2) return undefined
  if (name === 'arrayContains' && first.kind === 'ArrayLiteral') return isOneOf(second, first.elements, holds)
  if (name === 'inArray' && second.kind === 'ArrayLiteral') return isOneOf(first, second.elements, holds)
  return undefined
}

function isOneOf(value: Expression, candidates: readonly Expression[], holds: boolean): string | undefined {
  if (candidates.length === 0) return undefined
  const list = candidates.map(sayOperand).join(', ')
  if (candidates.length === 1) return `${sayOperand(value)} ${holds ? 'is' : 'is not'} ${list}`
  return `${sayOperand(value)} ${holds ? 'is one of' : 'is none of'} ${list}`
}

const SPECIAL_CALLS: ReadonlyMap<string, (operands: readonly Expression[]) => string | undefined> = new Map<
  string,
  (operands: readonly Expression[]) => string | undefined
>([
  ['if', sayIf],
  ['percentile', sayPercentile],
  [
    'roundTime',
    ([time, interval]) =>
      time === undefined || interval === undefined ? undefined : sayRounded(time, interval),
  ],
])

function sayPercentile([share, value]: readonly Expression[]): string | undefined {
  if (share?.kind !== 'NumberLiteral' || value === undefined) return undefined
  return `the ${ordinal(share.value)} percentile of ${sayOperand(value)}`
}

/** Calls whose arguments after the first one say how it is done. */
const OPTION_CALLS: ReadonlyMap<string, (operands: ReadonlyMap<string, Expression>) => string | undefined> =
  new Map([
    ['collect', sayCollect],
    ['arraySort', saySorted],
  ])

function sayCollect(operands: ReadonlyMap<string, Expression>): string | undefined {
  const { expression, distinct, limit, ignoreNulls, ...others } = Object.fromEntries(operands)
  const switches = [distinct, ignoreNulls]
  if (expression === undefined || !switches.every(isSwitch) || Object.keys(others).length > 0)
    return undefined
  const values = `${isOn(distinct) ? 'distinct ' : ''}values of ${sayOperand(expression)}`
  return [
    'the list of ',
    limit === undefined ? '' : `at most ${sayOperand(limit)} `,
    values,
    isOn(ignoreNulls) ? ' that are present' : '',
  ].join('')
}

function saySorted(operands: ReadonlyMap<string, Expression>): string | undefined {
  const { array, desc, nullsFirst, ...others } = Object.fromEntries(operands)
  if (array === undefined || ![desc, nullsFirst].every(isSwitch) || Object.keys(others).length > 0)
    return undefined
  const order = desc === undefined ? 'sorted' : isOn(desc) ? 'descending' : 'ascending'
  const nulls = nullsFirst === undefined ? '' : ` with nulls ${isOn(nullsFirst) ? 'first' : 'last'}`
  return `${sayOperand(array)} in ${order} order${nulls}`
}

/** Whether an option is left out, or written out as true or false. */
function isSwitch(option: Expression | undefined): boolean {
  return option === undefined || option.kind === 'BooleanLiteral'
}

function isOn(option: Expression | undefined): boolean {
  return option?.kind === 'BooleanLiteral' && option.value
}

function ordinal(share: number): string {
  const percent = Number((share * 100).toPrecision(10))
  return `${percent}${ordinalSuffix(percent)}`
}

function ordinalSuffix(count: number): string {
  const teen = count % 100 >= 11 && count % 100 <= 13
  if (!Number.isInteger(count) || teen) return 'th'
  return ['th', 'st', 'nd', 'rd'][count % 10] ?? 'th'
}

/** The phrase with the arguments in its places; undefined when one of them does not fit its place. */
function fillIn(phrase: string | undefined, operands: readonly Expression[]): string | undefined {
  let fits = phrase !== undefined
  const filled = phrase?.replace(
    /\$([*+]|([?so]?)(\d))/g,
    (_, place: string, kind: string, index: string) => {
      if (place === '*') return joinWords(operands.map(sayOperand))
      if (place === '+') return operands.slice(1).map(sayOperand).join(', ')
      const operand = operands[Number(index) - 1] as Expression
      const said = sayPlace(kind, operand)
      fits &&= said !== undefined
      return said ?? ''
    },
  )
  return fits ? filled : undefined
}

function sayPlace(kind: string, operand: Expression): string | undefined {
  if (kind === '') return sayOperand(operand)
  if (kind === '?') return sayHolds(operand)
  const unit = operand.kind === 'StringLiteral' ? sayUnit(operand.value) : undefined
  return kind === 's' && unit !== undefined ? `${unit}s` : unit
}
