import { caseKeyOfOtherType } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { CaseForm, Expression } from '../tree/ast'
import { describeType } from '../types/describe-type'
import { isCertainlyOther, type TypeName } from '../types/inferred-type'
import { clash } from '../types/operators'
import type { CheckContext, Rule } from './check-context'
import { fixQuotedLiteral } from './literal-fix'

/** What a form of case looks for in its subject is a string, and what it measures it by has an order. */
export const checkCaseKeys: Rule = (context) => {
  for (const { form, subject, arms } of context.nodesOfKind('CaseExpression')) {
    if (subject === null) continue
    for (const { pattern } of arms) {
      if (pattern === null) continue
      if (form === 'case_contains') judgeText(form, pattern, context)
      if (form === 'case_greaterthan' || form === 'case_lessthan') judgeBound(form, subject, pattern, context)
    }
  }
}

function judgeText(form: CaseForm, key: Expression, { types, report }: CheckContext): void {
  const type = types.of(key)
  if (!isCertainlyOther(type, 'string')) return
  const found = caseKeyOfOtherType(key.range, form, 'strings', describeType(type))
  const quoted = key.kind === 'NumberLiteral' ? `'${key.text}'` : undefined
  report(quoted === undefined ? found : withFix(found, `write ${quoted}`, replaceText(key.range, quoted)))
}

/** Documented with numbers; times, intervals and severities have an order too. */
const UNORDERED: ReadonlySet<TypeName> = new Set<TypeName>(['string', 'boolean', 'regexp', 'array', 'object'])

function judgeBound(
  form: CaseForm,
  subject: Expression,
  key: Expression,
  { types, report }: CheckContext,
): void {
  const type = types.of(key)
  // A key that does not go with the subject is reported as such.
  if (!UNORDERED.has(type.name) || type.certainty !== 'certain' || clash(types.of(subject), type)) return
  const found = caseKeyOfOtherType(key.range, form, 'numbers', describeType(type))
  report(fixQuotedLiteral(found, key, 'number'))
}
