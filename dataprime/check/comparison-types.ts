import { clashingComparison, doubtfulComparison } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import type { BinaryExpression, Expression } from '../tree/ast'
import { isComparison } from '../tree/operators'
import { conversionHint } from '../types/conversions'
import { describeType } from '../types/describe-type'
import { certain, type InferredType, isKnown, leastCertain } from '../types/inferred-type'
import { clash } from '../types/operators'
import type { CheckContext, Rule } from './check-context'
import { fixCountedTime } from './counted-time'
import { fixPatternMatch, fixQuotedLiteral } from './literal-fix'

/**
 * Values that are compared have the same type, or one of them is null. What a severity is compared with has
 * a rule of its own.
 */
export const checkComparisonTypes: Rule = (context) => {
  for (const node of context.nodesOfKind('BinaryExpression')) {
    if (isComparison(node.operator)) judge(node, context)
  }
}

function judge(node: BinaryExpression, { types, isMisread, report }: CheckContext): void {
  const { operator, operatorRange, left, right } = node
  if (isMisread(left) || isMisread(right)) return
  const [leftType, rightType] = [types.of(left), types.of(right)]
  if (!clash(leftType, rightType) && !isPattern(leftType, right)) return
  const certainly = isKnown(leftType) && leastCertain(leftType, rightType) === 'certain'
  const describe = certainly ? clashingComparison : doubtfulComparison
  const diagnostic = describe(operatorRange, operator, ...wordClash(leftType, rightType))
  report(fixOperands(diagnostic, node, leftType, rightType))
}

/** A field may hold anything, but hardly a regular expression. */
function isPattern(left: InferredType, right: Expression): boolean {
  return right.kind === 'RegexLiteral' && left.name === 'unknown'
}

function fixOperands(
  diagnostic: Diagnostic,
  node: BinaryExpression,
  left: InferredType,
  right: InferredType,
): Diagnostic {
  if (node.operator === '==' && node.right.kind === 'RegexLiteral') return fixPatternMatch(diagnostic, node)
  const fixed = fixOperand(fixOperand(diagnostic, node.right, node.left, left), node.left, node.right, right)
  if (fixed.fix !== undefined) return fixed
  return fixCountedTime(
    fixCountedTime(diagnostic, node.left, node.right, right.name),
    node.right,
    node.left,
    left.name,
  )
}

/** A string may be a literal in quotes, and a number one that lacks them. */
function fixOperand(
  diagnostic: Diagnostic,
  operand: Expression,
  other: Expression,
  otherType: InferredType,
): Diagnostic {
  if (diagnostic.fix !== undefined) return diagnostic
  if (operand.kind !== 'NumberLiteral' || otherType.name !== 'string' || other.kind === 'StringLiteral') {
    return fixQuotedLiteral(diagnostic, operand, otherType.name)
  }
  const quoted = `'${operand.text}'`
  const hints = [`write the number as a string: ${quoted}`]
  return withFix({ ...diagnostic, hints }, `write ${quoted}`, replaceText(operand.range, quoted))
}

/** Two types that clash, and how one becomes the other, as diagnostics of comparisons take them. */
export function wordClash(left: InferredType, right: InferredType): [string, string, string | undefined] {
  const toCompare = left.name === 'unknown' ? certain('string') : left
  const hint = conversionHint(right.name, toCompare.name) ?? conversionHint(left.name, right.name)
  return [describeType(left), describeType(right), hint]
}
