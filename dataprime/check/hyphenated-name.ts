import { hyphenatedName } from '../diagnostics/codes'
import { asInfo, type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { BinaryExpression, Expression, Keypath, Node } from '../tree/ast'
import { isComparison } from '../tree/operators'
import type { CheckContext, Rule } from './check-context'

type Minus = BinaryExpression & { readonly left: Expression; readonly right: Keypath }

/**
 * `user-agent` is a subtraction, which nobody means whose keys have hyphens. Whether such a name may be bare is
 * an open question; where a text is expected the difference is certainly not meant.
 */
export const checkHyphenatedName: Rule = (context) => {
  if (!context.nodesOfKind('BinaryExpression').some(isTightMinus)) return
  const known = findKnown(context)
  for (const stage of context.stages) {
    for (const [index, node] of stage.nodes.entries()) {
      if (!isTightMinus(node)) continue
      const parent = stage.nodes[stage.parents[index] as number]
      // A name of several hyphens is told as a whole.
      if (parent !== undefined && isTightMinus(parent) && parent.left === node) continue
      const use = usedAs(node, parent, context)
      const isDifference = known.has(node.left) || known.has(node.right)
      judge(node, use === 'any' && isDifference ? 'number' : use, context)
    }
  }
}

/** The keypaths that are fields of their own: of the dataset or the catalogue, or made by the query. */
function findKnown({ readings }: CheckContext): ReadonlySet<Node> {
  const known = readings.filter(
    ({ reading }) => reading.kind === 'present' && (reading.listed || reading.given),
  )
  return new Set(known.map(({ keypath }) => keypath))
}

function judge(minus: Minus, use: Use, { report, text }: CheckContext): void {
  const keypath = use === 'number' ? undefined : nameOf(minus)
  if (keypath === undefined) return
  const name = printExpression(keypath)
  const { range } = minus
  const written = text === null ? printExpression(minus) : text.slice(range.start, range.end)
  const found = withFix(hyphenatedName(range, written, name), `use ${name}`, replaceText(range, name))
  report(use === 'text' ? found : asInfo(found))
}

/** A minus without a blank on either side, with a bare name on its right. */
function isTightMinus(node: Node): node is Minus {
  if (node.kind !== 'BinaryExpression' || node.operator !== '-' || node.right.kind !== 'Keypath') return false
  const { left, right, operatorRange } = node
  const [first] = right.segments
  const touching = operatorRange.start === left.range.end && operatorRange.end === right.range.start
  // A tree that was made by a program has no places.
  return touching && operatorRange.end > operatorRange.start && right.namespace === null && isName(first)
}

function isName(segment: Keypath['segments'][number] | undefined): boolean {
  return segment?.kind === 'NameSegment'
}

/** The keypath whose names the minus signs are taken to be parts of. */
function nameOf({ left, right }: Minus): Keypath | undefined {
  const parts = [right]
  let first = left
  while (isTightMinus(first)) {
    parts.push(first.right)
    first = first.left
  }
  if (first.kind !== 'Keypath' || first.namespace === '$p' || !isName(first.segments.at(-1))) return undefined
  return parts.reduceRight(joinKeypaths, first)
}

/**
 * A diagnostic of a subtraction that there is not, such as `user-agent.contains('x')`, with the fix that makes
 * one name of what stands on both sides of the minus.
 */
export function fixHyphenatedName(
  diagnostic: Diagnostic,
  { operator, left, right, operatorRange }: BinaryExpression,
): Diagnostic {
  let first = right
  while (first.kind === 'MethodCallExpression' || first.kind === 'CastExpression') {
    first = first.kind === 'CastExpression' ? first.expression : first.target
  }
  const minus = {
    kind: 'BinaryExpression',
    operator,
    left,
    right: first,
    operatorRange,
    range: left.range,
  } as const
  const keypath = isTightMinus(minus) ? nameOf(minus) : undefined
  if (keypath === undefined) return diagnostic
  const name = printExpression(keypath)
  const hints = [`a key with a hyphen is written in brackets: ${name}`]
  const written = { start: left.range.start, end: first.range.end }
  return withFix({ ...diagnostic, hints }, `use ${name}`, replaceText(written, name))
}

function joinKeypaths(left: Keypath, right: Keypath): Keypath {
  const [last, first] = [left.segments.at(-1), right.segments[0]]
  if (last?.kind !== 'NameSegment' || first?.kind !== 'NameSegment') return left
  const joined = { ...last, name: `${last.name}-${first.name}` }
  return { ...left, segments: [...left.segments.slice(0, -1), joined, ...right.segments.slice(1)] }
}

/** Whether the place of a value asks for a text, for a number or a time, or for anything. */
type Use = 'text' | 'number' | 'any'

function usedAs(minus: Minus, parent: Node | undefined, { types }: CheckContext): Use {
  switch (parent?.kind) {
    case 'BinaryExpression': {
      const { operator, left, right } = parent
      if (operator === '~' || operator === '~~') return 'text'
      if (!isComparison(operator)) return 'number'
      const other = types.of(left === minus ? right : left).name
      if (other === 'string') return 'text'
      return other === 'null' ? 'any' : 'number'
    }
    case 'MethodCallExpression':
    case 'Argument':
    case 'UnaryExpression':
    case 'CastExpression':
      return 'number'
    default:
      return 'any'
  }
}
