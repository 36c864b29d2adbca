/**
 * Builders for syntax trees made by a program instead of read from text. The nodes carry `NO_RANGE`;
 * `print` turns them into text, so nothing ever has to be glued together from strings.
 */
import {
  type AliasedExpression,
  type BinaryExpression,
  type BinaryOperator,
  type BooleanLiteral,
  type CallExpression,
  type Expression,
  type IntervalLiteral,
  type Keypath,
  type MethodCallExpression,
  NAMESPACES,
  NO_RANGE,
  type NullLiteral,
  type NumberLiteral,
  type OrderKey,
  type Query,
  type RegexLiteral,
  type Segment,
  type Severity,
  type SeverityLiteral,
  type SortDirection,
  type Stage,
  type StringLiteral,
  type TimestampLiteral,
  type UnaryExpression,
} from './ast'

const range = NO_RANGE

/** A number literal; `value` must be finite. */
export function number(value: number): NumberLiteral {
  return { kind: 'NumberLiteral', text: String(value), value, range }
}

export function string(value: string): StringLiteral {
  return { kind: 'StringLiteral', value, quote: 'single', range }
}

export function boolean(value: boolean): BooleanLiteral {
  return { kind: 'BooleanLiteral', value, range }
}

export function nullLiteral(): NullLiteral {
  return { kind: 'NullLiteral', range }
}

export function severity(value: Severity): SeverityLiteral {
  return { kind: 'SeverityLiteral', value, range }
}

export function regex(pattern: string): RegexLiteral {
  return { kind: 'RegexLiteral', pattern, range }
}

const UNIT_NANOSECONDS = [
  ['d', 86_400e9],
  ['h', 3_600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
] as const

/** An interval literal in the largest single unit that divides it evenly: 5400 s is `90m`, 3600 s is `1h`. */
export function intervalOfSeconds(seconds: number): IntervalLiteral {
  const nanoseconds = Math.round(seconds * 1e9)
  const magnitude = Math.abs(nanoseconds)
  const [unit, length] = UNIT_NANOSECONDS.find(([, size]) => magnitude >= size && magnitude % size === 0) ?? [
    'ns',
    1,
  ]
  const text = `${nanoseconds < 0 ? '-' : ''}${magnitude / length}${unit}`
  return { kind: 'IntervalLiteral', text, nanoseconds, range }
}

/** `@'…'` around a text such as `now` or an ISO timestamp. */
export function timestamp(text: string): TimestampLiteral {
  return { kind: 'TimestampLiteral', operand: string(text), range }
}

/** A keypath from its namespace (null to leave it out) and its names, outermost first. */
export function keypath(namespace: Keypath['namespace'], ...names: readonly string[]): Keypath {
  const segments = names.map((name): Segment => ({ kind: 'NameSegment', name, range }))
  return { kind: 'Keypath', namespace, segments, range }
}

export function isNamespace(text: string): text is (typeof NAMESPACES)[number] {
  return (NAMESPACES as readonly string[]).includes(text)
}

/** `name(arguments)` with positional arguments. */
export function call(name: string, ...values: readonly Expression[]): CallExpression {
  return { kind: 'CallExpression', name, nameRange: range, arguments: values.map(argument), range }
}

/** `target.name(arguments)` with positional arguments. */
export function methodCall(
  target: Expression,
  name: string,
  ...values: readonly Expression[]
): MethodCallExpression {
  return {
    kind: 'MethodCallExpression',
    target,
    name,
    nameRange: range,
    arguments: values.map(argument),
    range,
  }
}

function argument(value: Expression) {
  return { kind: 'Argument' as const, name: null, value, range }
}

export function binary(operator: BinaryOperator, left: Expression, right: Expression): BinaryExpression {
  return { kind: 'BinaryExpression', operator, operatorRange: range, left, right, range }
}

export function not(operand: Expression): UnaryExpression {
  return { kind: 'UnaryExpression', operator: '!', operand, range }
}

/** `a && b && c`, left-associative; undefined for no operands. */
export function allOf(operands: readonly Expression[]): Expression | undefined {
  return operands.length === 0 ? undefined : operands.reduce((left, right) => binary('&&', left, right))
}

/** `a || b || c`, left-associative; undefined for no operands. */
export function anyOf(operands: readonly Expression[]): Expression | undefined {
  return operands.length === 0 ? undefined : operands.reduce((left, right) => binary('||', left, right))
}

export function aliased(expression: Expression, alias: string | null = null): AliasedExpression {
  return { kind: 'AliasedExpression', expression, alias: alias === null ? null : keypath(null, alias), range }
}

export function orderKey(expression: Expression, direction: SortDirection | null = null): OrderKey {
  return { kind: 'OrderKey', expression, direction, range }
}

type WithoutRanges<T> = T extends unknown ? Omit<T, 'range' | 'keywordRange'> : never

/** A stage from its own fields. */
export function stage<T extends Stage>(fields: WithoutRanges<T>): T {
  return { ...fields, range, keywordRange: range } as unknown as T
}

export function query(stages: readonly Stage[]): Query {
  return { kind: 'Query', stages, range }
}
