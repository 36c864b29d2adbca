import { signaturesOf } from '../catalogue/functions'
import type { BinaryOperator, Expression, Keypath } from '../tree/ast'

/** The type of a value as far as it is plain to see: a type of the language, `severity`, or a word of the catalogue. */
export function typeOf(
  expression: Expression,
  typeOfKeypath: (keypath: Keypath) => string | undefined,
): string | undefined {
  // Chains lean to the left and may be of any length, so they are gone down in a loop.
  const chain: Expression[] = []
  let innermost = expression
  for (let next = leanedOn(innermost); next !== undefined; next = leanedOn(innermost)) {
    chain.push(innermost)
    innermost = next
  }
  const operandType = (operand: Expression) => typeOf(operand, typeOfKeypath)
  let type = simpleType(innermost, typeOfKeypath, operandType)
  for (const link of chain.reverse()) {
    if (link.kind === 'BinaryExpression') type = arithmeticType(link.operator, type, operandType(link.right))
  }
  return type
}

/** The expression whose type decides. */
function leanedOn(expression: Expression): Expression | undefined {
  if (expression.kind === 'BinaryExpression') {
    return isArithmetic(expression.operator) ? expression.left : undefined
  }
  if (expression.kind === 'UnaryExpression')
    return expression.operator === '-' ? expression.operand : undefined
  if (expression.kind !== 'CallExpression' && expression.kind !== 'MethodCallExpression') return undefined
  if (resultOf(expression.name) !== 'same') return undefined
  const values = expression.arguments.map(({ value }) => value)
  const operands = expression.kind === 'MethodCallExpression' ? [expression.target, ...values] : values
  return operands[SECOND_DECIDES.has(expression.name) ? 1 : 0]
}

const SECOND_DECIDES: ReadonlySet<string> = new Set(['if', 'max_by', 'min_by'])

function resultOf(name: string): string | undefined {
  return signaturesOf(name)[0]?.result
}

function simpleType(
  expression: Expression,
  typeOfKeypath: (keypath: Keypath) => string | undefined,
  operandType: (operand: Expression) => string | undefined,
): string | undefined {
  switch (expression.kind) {
    case 'Keypath':
      return expression.segments.length === 0 ? 'object' : typeOfKeypath(expression)
    case 'CastExpression':
      return SHORT_TYPES.get(expression.type) ?? expression.type
    case 'CallExpression':
    case 'MethodCallExpression': {
      const result = resultOf(expression.name)
      return result === 'any' || result === 'same' ? undefined : result
    }
    case 'CaseExpression': {
      const value = expression.arms[0]?.value
      return value === undefined ? undefined : operandType(value)
    }
    case 'BinaryExpression':
    case 'UnaryExpression':
      return 'boolean'
    default:
      return LITERAL_TYPES.get(expression.kind)
  }
}

const SHORT_TYPES: ReadonlyMap<string, string> = new Map([
  ['num', 'number'],
  ['bool', 'boolean'],
])

const LITERAL_TYPES: ReadonlyMap<Expression['kind'], string> = new Map([
  ['NumberLiteral', 'number'],
  ['StringLiteral', 'string'],
  ['InterpolatedString', 'string'],
  ['BooleanLiteral', 'boolean'],
  ['IntervalLiteral', 'interval'],
  ['TimestampLiteral', 'timestamp'],
  ['RegexLiteral', 'regexp'],
  ['SeverityLiteral', 'severity'],
  ['ArrayLiteral', 'array'],
  ['ObjectLiteral', 'object'],
])

function isArithmetic(operator: BinaryOperator): boolean {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%'
}

function arithmeticType(
  operator: BinaryOperator,
  left: string | undefined,
  right: string | undefined,
): string | undefined {
  if (left === right && (left === 'timestamp' || left === 'interval')) {
    if (operator === '-') return 'interval'
    return operator === '/' ? 'number' : left
  }
  if (left === 'timestamp' || left === 'interval') return left
  if (right === 'timestamp' || right === 'interval') return right
  return left === undefined && right === undefined && operator !== '*' && operator !== '%'
    ? undefined
    : 'number'
}
