import { stringAddition } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { BinaryExpression, Expression } from '../tree/ast'
import type { InferredTypes } from '../types/infer-types'
import { type InferredType, isTime } from '../types/inferred-type'
import type { Rule } from './check-context'

/** `+` adds numbers, times and intervals; strings are joined by `concat` or interpolation. */
export const checkStringAddition: Rule = ({ nodesOfKind, types, report }) => {
  const sums = nodesOfKind('BinaryExpression').filter(({ operator }) => operator === '+')
  const inner = new Set<Expression>(sums.map(({ left }) => left))
  for (const sum of sums) {
    // Of a chain of sums only the outermost is looked at: one call joins all of it.
    if (inner.has(sum)) continue
    const chain = chainOf(sum)
    const at = chain.find((node) => isStringAddition(node, types))
    if (at === undefined) continue
    const diagnostic = stringAddition(at.operatorRange)
    if (chain.length > CHAIN_FIXED_MAX) report(diagnostic)
    else report(withFix(diagnostic, 'use concat', replaceText(sum.range, concatOf(chain))))
  }
}

/** A longer chain was not written by a person. */
const CHAIN_FIXED_MAX = 100

/** The sums of `a + b + c`, the innermost first. */
function chainOf(outermost: BinaryExpression): readonly BinaryExpression[] {
  const chain: BinaryExpression[] = []
  for (
    let node: Expression = outermost;
    node.kind === 'BinaryExpression' && node.operator === '+';
    node = node.left
  ) {
    chain.push(node)
  }
  return chain.reverse()
}

function concatOf(chain: readonly BinaryExpression[]): string {
  const [first] = chain
  const operands = [...(first === undefined ? [] : [first.left]), ...chain.map(({ right }) => right)]
  return `concat(${operands.map(printExpression).join(', ')})`
}

/** Beside a time or an interval a string is not there to be joined to it. */
export function isStringAddition({ operator, left, right }: BinaryExpression, types: InferredTypes): boolean {
  if (operator !== '+') return false
  const [one, other] = [types.of(left), types.of(right)]
  return (isString(one) || isString(other)) && !isTime(one) && !isTime(other)
}

function isString({ name, certainty }: InferredType): boolean {
  return name === 'string' && certainty === 'certain'
}
