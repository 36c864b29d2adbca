import { expectedPlainKeypath } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { isBareName, printExpression } from '../format/print'
import type { Expression, StringLiteral } from '../tree/ast'
import type { Rule } from './check-context'

/** `find` searches in a field; a value that is written out is none. */
export const checkFindTarget: Rule = ({ nodesOfKind, isMisread, report }) => {
  for (const { phrase, target } of nodesOfKind('FindStage')) {
    if (!target.kind.endsWith('Literal')) continue
    const found = expectedPlainKeypath(target.range, 'find')
    if (target.kind !== 'StringLiteral') report(found)
    else report(isMisread(phrase) ? swapped(found, phrase, target) : unquoted(found, target))
  }
}

/** A name where the phrase belongs has been read as if it were in quotes. */
function swapped(found: Diagnostic, phrase: Expression, target: StringLiteral): Diagnostic {
  if (phrase.kind !== 'StringLiteral' || !isBareName(phrase.value)) return found
  const edits = [replaceText(phrase.range, printExpression(target)), replaceText(target.range, phrase.value)]
  return withFix(found, 'swap the phrase and the field', ...edits)
}

function unquoted(found: Diagnostic, { value, range }: StringLiteral): Diagnostic {
  if (!value.split('.').every(isBareName)) return found
  return withFix(found, `use ${value}`, replaceText(range, value))
}
