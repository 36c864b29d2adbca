import { phraseNotLiteral, phraseOfOtherType } from '../diagnostics/codes'
import type { BinaryExpression } from '../tree/ast'
import { describeType } from '../types/describe-type'
import { type InferredType, isKnown } from '../types/inferred-type'
import type { Rule } from './check-context'
import { fixPatternMatch } from './literal-fix'

/**
 * The operators `~` and `~~` search for a phrase that is written out. A number or an interval is none; whether
 * a regular expression may stand for one is nowhere said.
 */
export const checkPhrase: Rule = ({ nodesOfKind, types, report }) => {
  for (const node of nodesOfKind('BinaryExpression')) {
    const { operator, right } = node
    if (operator !== '~' && operator !== '~~') continue
    if (right.kind === 'StringLiteral' || right.kind === 'MissingExpression' || isParameter(right)) continue
    const type = types.of(right)
    const found = describeType(type)
    if (isNoText(type)) report(phraseOfOtherType(right.range, operator, found))
    else if (operator === '~') report(fixPatternMatch(phraseNotLiteral(right.range, operator, found), node))
    else report(phraseNotLiteral(right.range, operator, found))
  }
}

function isNoText(type: InferredType): boolean {
  return isKnown(type) && type.certainty === 'certain' && type.name !== 'string' && type.name !== 'regexp'
}

/** A dashboard puts its own text in place of a parameter. */
function isParameter(expression: BinaryExpression['right']): boolean {
  return expression.kind === 'Keypath' && expression.namespace === '$p'
}
