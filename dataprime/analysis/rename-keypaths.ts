import type { Expression, Keypath } from '../tree/ast'
import { walk } from '../tree/walk'

/** Larger expressions are written by programs; they are left alone rather than rebuilt. */
const NODES_MAX = 500

/**
 * The expression with keypaths exchanged, where `replace` gives another. Undefined for an expression that
 * is too large, or that holds a form this does not rebuild.
 */
export function renameKeypaths(
  expression: Expression,
  replace: (keypath: Keypath) => Keypath | undefined,
): Expression | undefined {
  let nodes = 0
  walk(expression, () => {
    nodes++
  })
  return nodes > NODES_MAX ? undefined : rename(expression, replace)
}

function rename(
  node: Expression,
  replace: (keypath: Keypath) => Keypath | undefined,
): Expression | undefined {
  switch (node.kind) {
    case 'Keypath':
      return replace(node)
    case 'NumberLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'IntervalLiteral':
    case 'RegexLiteral':
    case 'SeverityLiteral':
      return node
    case 'TimestampLiteral':
      return node.operand.kind === 'StringLiteral' || node.operand.kind === 'NumberLiteral' ? node : undefined
    case 'UnaryExpression': {
      const operand = rename(node.operand, replace)
      return operand && { ...node, operand }
    }
    case 'CastExpression': {
      const expression = rename(node.expression, replace)
      return expression && { ...node, expression }
    }
    case 'BinaryExpression': {
      const left = rename(node.left, replace)
      const right = rename(node.right, replace)
      return left && right && { ...node, left, right }
    }
    case 'CallExpression': {
      const list = renameArguments(node.arguments, replace)
      return list && { ...node, arguments: list }
    }
    case 'MethodCallExpression': {
      const target = rename(node.target, replace)
      const list = renameArguments(node.arguments, replace)
      return target && list && { ...node, target, arguments: list }
    }
    default:
      return undefined
  }
}

type Arguments = Extract<Expression, { kind: 'CallExpression' }>['arguments']

function renameArguments(
  list: Arguments,
  replace: (keypath: Keypath) => Keypath | undefined,
): Arguments | undefined {
  const renamed: Arguments[number][] = []
  for (const argument of list) {
    const value = rename(argument.value, replace)
    if (value === undefined) return undefined
    renamed.push({ ...argument, value })
  }
  return renamed
}
