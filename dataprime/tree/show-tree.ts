import { printDataset, printExpression } from '../format/print'
import type { Dataset, Keypath, Node } from './ast'

/** Below this a tree is not written out: nobody reads it, and the writing calls itself. */
const SHOWN_DEPTH_MAX = 300

const IGNORED: ReadonlySet<string> = new Set([
  'kind',
  'range',
  'keywordRange',
  'nameRange',
  'operatorRange',
  'typeRange',
  'quote',
])

/**
 * The tree in a compact notation for tests and for looking at: `Filter(predicate: Binary(>=, status, 500))`.
 * Stages stand one a line with the names of their parts, expressions without; a part that is null or
 * empty is left out, and keypaths and plain literals are written as in a query.
 */
export function showTree(node: Node): string {
  return node.kind === 'Query' ? node.stages.map((stage) => show(stage, 0)).join('\n') : show(node, 0)
}

function show(node: Node, depth: number): string {
  if (depth > SHOWN_DEPTH_MAX) return '…'
  switch (node.kind) {
    case 'Query':
      return `Query(${node.stages.map((stage) => show(stage, depth + 1)).join(', ')})`
    case 'Keypath':
      return showKeypath(node)
    case 'Dataset':
      return showDataset(node)
    case 'NumberLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'IntervalLiteral':
    case 'RegexLiteral':
    case 'SeverityLiteral':
      return printExpression(node)
    case 'NameSegment':
      return `'${node.name}'`
    default:
      return `${node.kind.replace(/(Literal|Expression|Stage|Timeframe)$/, '')}(${showParts(node, depth)})`
  }
}

function showKeypath(node: Keypath): string {
  return node.namespace === null && node.segments.length === 0 ? 'Missing()' : printExpression(node)
}

function showDataset(node: Dataset): string {
  return node.name === '' ? 'Missing()' : printDataset(node)
}

function showParts(node: Node, depth: number): string {
  const named = node.kind.endsWith('Stage')
  const parts: string[] = []
  for (const [name, value] of Object.entries(node)) {
    if (IGNORED.has(name) || value === null || value === false || value === '') continue
    if (Array.isArray(value) && value.length === 0) continue
    parts.push(named ? `${name}: ${showValue(value, depth)}` : showValue(value, depth))
  }
  return parts.join(', ')
}

function showValue(value: unknown, depth: number): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `[${value.map((element) => showValue(element, depth)).join(', ')}]`
  if (isNode(value)) return show(value, depth + 1)
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.values(value)
      .map((part) => showValue(part, depth))
      .join(', ')} }`
  }
  return String(value)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value
}
