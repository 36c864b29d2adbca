import type { Node } from './ast'

/** Where a node was read from and how a string was quoted say nothing about what the query is. */
const IGNORED: ReadonlySet<string> = new Set([
  'range',
  'keywordRange',
  'nameRange',
  'operatorRange',
  'typeRange',
  'quote',
])

/** Whether two trees are the same but for their ranges and the quotes of their strings. */
export function sameTree(a: Node, b: Node): boolean {
  const pending: [unknown, unknown][] = [[a, b]]
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [left, right] = pair
    if (!isObject(left) || !isObject(right)) {
      if (!Object.is(left, right)) return false
      continue
    }
    if (Array.isArray(left) !== Array.isArray(right)) return false
    const names = new Set([...Object.keys(left), ...Object.keys(right)])
    for (const name of names) if (!IGNORED.has(name)) pending.push([left[name], right[name]])
  }
  return true
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
