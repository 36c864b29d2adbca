import { severityMeant } from '../catalogue/severities'
import { quotedSeverity, unknownSeverity } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import type { Expression, Keypath, Severity } from '../tree/ast'
import { isComparison } from '../tree/operators'
import type { CheckContext, Rule } from './check-context'

/** A severity is compared with the bare constants: VERBOSE, DEBUG, INFO, WARNING, ERROR, CRITICAL. */
export const checkSeverity: Rule = (context) => {
  for (const { operator, left, right } of context.nodesOfKind('BinaryExpression')) {
    if (!isComparison(operator)) continue
    if (isSeverity(left)) judge(context, right)
    else if (isSeverity(right)) judge(context, left)
  }
  for (const { name, operands } of context.calls) {
    const [subject, ...candidates] = operands
    if (name === 'in' && subject !== undefined && isSeverity(subject)) {
      for (const candidate of candidates) judge(context, candidate)
    }
  }
}

function isSeverity(expression: Expression): boolean {
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
      const name = bareName(value)
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
  const name = bareName(keypath)
  return name !== undefined && name === name.toUpperCase() && severityMeant(name) !== undefined
}

function bareName({ namespace, segments }: Keypath): string | undefined {
  const [first, second] = segments
  return namespace === null && second === undefined && first?.kind === 'NameSegment' ? first.name : undefined
}
