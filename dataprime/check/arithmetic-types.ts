import { doubtfulArithmetic, impossibleArithmetic, undocumentedForm } from '../diagnostics/codes'
import type { Diagnostic } from '../diagnostics/diagnostic'
import type { BinaryExpression, Expression } from '../tree/ast'
import { type ArithmeticOperator, isArithmetic } from '../tree/operators'
import { conversionHint } from '../types/conversions'
import { describeType, describeTypeName } from '../types/describe-type'
import { type InferredType, isTime, leastCertain, UNKNOWN } from '../types/inferred-type'
import { isImpossible, isUndocumented } from '../types/operators'
import type { Rule } from './check-context'
import { fixHyphenatedName } from './hyphenated-name'
import { fixQuotedLiteral } from './literal-fix'
import { isStringAddition } from './string-addition'

/** Arithmetic is between numbers, times and intervals, in the combinations that there are. */
export const checkArithmeticTypes: Rule = ({ nodesOfKind, types, report }) => {
  for (const node of nodesOfKind('BinaryExpression')) {
    const { operator, range } = node
    if (!isArithmetic(operator) || isStringAddition(node, types)) continue
    const [left, right] = [types.of(node.left), types.of(node.right)]
    if (isImpossible(operator, left, right)) report(describeImpossible(node, operator, left, right))
    else if (isUndocumented(operator, left, right)) {
      const operands = [left, right].map(({ name }) => describeTypeName(name))
      report(undocumentedForm(range, `"${operator}" of ${operands.join(' and ')}`))
    }
  }
}

function describeImpossible(
  node: BinaryExpression,
  operator: ArithmeticOperator,
  leftType: InferredType,
  rightType: InferredType,
): Diagnostic {
  const { left, right, operatorRange } = node
  const culprits = culpritsOf(operator, leftType, rightType)
  const describe = leastCertain(...culprits) === 'certain' ? impossibleArithmetic : doubtfulArithmetic
  const operands = culprits.map(describeType).join(' and ')
  const diagnostic = describe(operatorRange, operator, operands, hintFor(operator, leftType, rightType))
  const fixed = fixOperand(fixOperand(diagnostic, left, rightType), right, leftType)
  return fixed.fix === undefined ? fixHyphenatedName(fixed, node) : fixed
}

/** One operand may rule out any arithmetic by itself; otherwise it is the two together. */
function culpritsOf(
  operator: ArithmeticOperator,
  left: InferredType,
  right: InferredType,
): readonly InferredType[] {
  if (isImpossible(operator, left, UNKNOWN)) return [left]
  return isImpossible(operator, UNKNOWN, right) ? [right] : [left, right]
}

/** What the operands would have to be, or else how strings are joined. */
function hintFor(operator: ArithmeticOperator, left: InferredType, right: InferredType): string | undefined {
  const timed = isTime(left) || isTime(right)
  const joins = operator === '+' && !timed && (left.name === 'string' || right.name === 'string')
  if (joins) return 'concat(a, b) joins strings'
  return (
    conversionHint(right.name, timed ? 'interval' : 'number') ??
    conversionHint(left.name, timed ? 'timestamp' : 'number')
  )
}

/** A string beside a time or an interval is one of them in quotes, beside a number it is one. */
function fixOperand(diagnostic: Diagnostic, operand: Expression, other: InferredType): Diagnostic {
  if (!isTime(other)) return fixQuotedLiteral(diagnostic, operand, other.name)
  return fixQuotedLiteral(fixQuotedLiteral(diagnostic, operand, 'interval'), operand, 'timestamp')
}
