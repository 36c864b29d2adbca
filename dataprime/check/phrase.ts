import { phraseNotLiteral, phraseOfOtherType, wildSearchOfField } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { BinaryExpression, Expression } from '../tree/ast'
import { describeType } from '../types/describe-type'
import { type InferredType, isKnown } from '../types/inferred-type'
import type { Rule } from './check-context'
import { fixPatternMatch } from './literal-fix'

/**
 * The operators `~` and `~~`, and `case_find`, search for a phrase that is written out. A number or an interval is none; whether
 * a regular expression may stand for one is nowhere said.
 */
export const checkPhrase: Rule = ({ nodesOfKind, types, report }) => {
  for (const { form, arms } of nodesOfKind('CaseExpression')) {
    if (form !== 'case_find') continue
    for (const { pattern } of arms) {
      if (pattern === null || isPhrase(pattern)) continue
      report(phraseNotLiteral(pattern.range, form, describeType(types.of(pattern))))
    }
  }
  for (const node of nodesOfKind('BinaryExpression')) {
    const { operator, left, right } = node
    if (operator !== '~' && operator !== '~~') continue
    if (operator === '~~' && !isWholeData(left)) report(searchInField(node))
    if (isPhrase(right)) continue
    const type = types.of(right)
    const found = describeType(type)
    if (isNoText(type)) report(phraseOfOtherType(right.range, operator, found))
    else if (operator === '~') report(fixPatternMatch(phraseNotLiteral(right.range, operator, found), node))
    else report(phraseNotLiteral(right.range, operator, found))
  }
}

/** Whether `~~` may search in anything but the user data as a whole is an open question. */
function searchInField({ left, operatorRange }: BinaryExpression): Diagnostic {
  const found = wildSearchOfField(operatorRange, printExpression(left))
  const isField = left.kind === 'Keypath' && left.segments.length > 0
  return isField ? withFix(found, 'use ~', replaceText(operatorRange, '~')) : found
}

function isWholeData(expression: Expression): boolean {
  if (expression.kind !== 'Keypath') return expression.kind === 'MissingExpression'
  return expression.segments.length === 0 && expression.namespace !== '$m' && expression.namespace !== '$l'
}

function isNoText(type: InferredType): boolean {
  return isKnown(type) && type.certainty === 'certain' && type.name !== 'string' && type.name !== 'regexp'
}

/** Written out, or a parameter, in whose place a dashboard puts its own text. */
function isPhrase(expression: Expression): boolean {
  if (expression.kind === 'Keypath') return expression.namespace === '$p'
  return expression.kind === 'StringLiteral' || expression.kind === 'MissingExpression'
}
