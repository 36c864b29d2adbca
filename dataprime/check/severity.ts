import { severityMeant } from '../catalogue/severities'
import { quotedSeverity, unknownSeverity } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import type { Expression, Keypath, Severity } from '../tree/ast'
import { bareNameOf } from '../tree/keypaths'
import { isComparison } from '../tree/operators'
import type { Call, CheckContext, Rule } from './check-context'
import { COMPARING_FORMS } from './membership-types'

/** A severity is compared with the bare constants: VERBOSE, DEBUG, INFO, WARNING, ERROR, CRITICAL. */
export const checkSeverity: Rule = (context) => {
  for (const { operator, left, right } of context.nodesOfKind('BinaryExpression')) {
    if (!isComparison(operator)) continue
    if (isSeverity(left, context)) judge(context, right)
    else if (isSeverity(right, context)) judge(context, left)
  }
  for (const call of context.calls) judgeMembership(call, context)
  for (const { form, subject, arms } of context.nodesOfKind('CaseExpression')) {
    if (subject === null || !COMPARING_FORMS.has(form) || !isSeverity(subject, context)) continue
    for (const { pattern } of arms) if (pattern !== null) judge(context, pattern)
  }
}

/** `in` takes the values one by one, the functions of arrays all in one. */
function judgeMembership({ name, operands: [first, ...others] }: Call, context: CheckContext): void {
  const [second] = others
  if (first === undefined || second === undefined) return
  if (name === 'in' && isSeverity(first, context)) for (const value of others) judge(context, value)
  if (name === 'inArray' && isSeverity(first, context)) judgeElements(context, second)
  if (name === 'arrayContains' && isSeverity(second, context)) judgeElements(context, first)
}

function judgeElements(context: CheckContext, array: Expression): void {
  if (array.kind === 'ArrayLiteral') for (const element of array.elements) judge(context, element)
}

/** A value that holds a severity: the metadata itself, or what a stage has made of it. */
function isSeverity(expression: Expression, { types }: CheckContext): boolean {
  if (expression.kind === 'SeverityLiteral') return false
  return types.of(expression).name === 'severity' || isSeverityField(expression)
}

/** Records of any dataset have it where they have it at all. */
function isSeverityField(expression: Expression): boolean {
  if (expression.kind !== 'Keypath') return false
  const { namespace, segments } = expression
  const [first, second] = segments
  return (
    namespace === '$m' && second === undefined && first?.kind === 'NameSegment' && first.name === 'severity'
  )
}

function judge({ report }: CheckContext, value: Expression): void {
  switch (value.kind) {
    case 'StringLiteral':
    case 'NumberLiteral': {
      const text = value.kind === 'StringLiteral' ? value.value : value.text
      const meant = severityMeant(text)
      report(settled(quotedSeverity(value.range, text, meant), value, meant))
      break
    }
    case 'Keypath': {
      const name = bareNameOf(value)
      const meant = name === undefined ? undefined : severityMeant(name)
      if (name !== undefined && meant !== undefined) {
        report(settled(unknownSeverity(value.range, name, meant), value, meant))
      }
      break
    }
  }
}

/** The diagnostic with the constant in the place of what was written for it. */
function settled(diagnostic: Diagnostic, { range }: Expression, meant: Severity | undefined): Diagnostic {
  return meant === undefined ? diagnostic : withFix(diagnostic, `use ${meant}`, replaceText(range, meant))
}

/** Whether a keypath is a severity by another name, such as WARN; it is reported where it is compared with one. */
export function looksLikeSeverity(keypath: Keypath): boolean {
  const name = bareNameOf(keypath)
  return name !== undefined && name === name.toUpperCase() && severityMeant(name) !== undefined
}
