import { clashingComparison, doubtfulComparison } from '../diagnostics/codes'
import type { Diagnostic } from '../diagnostics/diagnostic'
import type { BinaryExpression, Expression } from '../tree/ast'
import { isComparison } from '../tree/operators'
import { conversionHint } from '../types/conversions'
import { describeType } from '../types/describe-type'
import { certain, type InferredType, isKnown, leastCertain } from '../types/inferred-type'
import { clash } from '../types/operators'
import type { CheckContext, Rule } from './check-context'
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

function judge(node: BinaryExpression, { types, report }: CheckContext): void {
  const { operator, operatorRange, left, right } = node
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
  return fixQuotedLiteral(fixQuotedLiteral(diagnostic, node.right, left.name), node.left, right.name)
}

/** Two types that clash, and how one becomes the other, as diagnostics of comparisons take them. */
export function wordClash(left: InferredType, right: InferredType): [string, string, string | undefined] {
  const toCompare = left.name === 'unknown' ? certain('string') : left
  const hint = conversionHint(right.name, toCompare.name) ?? conversionHint(left.name, right.name)
  return [describeType(left), describeType(right), hint]
}
