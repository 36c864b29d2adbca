import type { CallExpression, Expression, Keypath, MethodCallExpression, Node, Stage } from '../tree/ast'
import { descend } from '../tree/walk'

/** Calls `visit` for a stage or expression and all below it, but for sub-queries, which are pipelines of their own. */
export function walkStage(tree: Stage | Expression, visit: (node: Node) => void): void {
  descend(tree, true, (node) => {
    if (node.kind === 'Query') return undefined
    visit(node)
    return true
  })
}

export function someNode(tree: Stage | Expression, test: (node: Node) => boolean): boolean {
  let found = false
  walkStage(tree, (node) => {
    found ||= test(node)
  })
  return found
}

/** Whether a node calls a function in either form. */
export function isCall(node: Node): node is CallExpression | MethodCallExpression {
  return node.kind === 'CallExpression' || node.kind === 'MethodCallExpression'
}

export function keypathsIn(expression: Expression): readonly Keypath[] {
  const keypaths: Keypath[] = []
  walkStage(expression, (node) => {
    if (node.kind === 'Keypath') keypaths.push(node)
  })
  return keypaths
}
