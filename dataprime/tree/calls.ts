/** Calls of functions in their two forms: `f(a, b)` and `a.f(b)` are the same. */
import { isAggregation } from '../catalogue/functions'
import type { CallExpression, Expression, MethodCallExpression, Node } from './ast'

export function isCall(node: Node): node is CallExpression | MethodCallExpression {
  return node.kind === 'CallExpression' || node.kind === 'MethodCallExpression'
}

/** What a function is called with, the target of a method first. */
export function operandsOf(call: CallExpression | MethodCallExpression): readonly Expression[] {
  const values = call.arguments.map(({ value }) => value)
  return call.kind === 'MethodCallExpression' ? [call.target, ...values] : values
}

export function operandCount(call: CallExpression | MethodCallExpression): number {
  return call.arguments.length + (call.kind === 'MethodCallExpression' ? 1 : 0)
}

/** Whether a node is a call of an aggregation. */
export function isAggregationCall(node: Node): boolean {
  return isCall(node) && isAggregation(node.name, operandCount(node))
}
