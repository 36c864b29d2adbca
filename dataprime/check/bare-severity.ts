import { bareSeverity } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Expression, Keypath } from '../tree/ast'
import { bareNameOf } from '../tree/keypaths'
import { isComparison } from '../tree/operators'
import type { CheckContext, Rule } from './check-context'

/** The severity of a log is metadata. `severity` alone is a key of the user data, which is no severity. */
export const checkBareSeverity: Rule = (context) => {
  const compared = findCompared(context)
  if (compared.size === 0) return
  for (const { keypath, pipeline, reading } of context.readings) {
    if (!compared.has(keypath) || context.datasetOf(pipeline) !== 'logs') continue
    if (reading.kind !== 'present' || reading.listed || reading.given) continue
    // A keypath may stand in the tree twice and in the text once.
    compared.delete(keypath)
    const found = bareSeverity(keypath.range)
    context.report(withFix(found, 'use $m.severity', replaceText(keypath.range, '$m.severity')))
  }
}

/** The keypaths `severity` that are compared with a severity. */
function findCompared({ nodesOfKind, calls }: CheckContext): Set<Keypath> {
  const compared = new Set<Keypath>()
  const compare = (subject: Expression, values: readonly Expression[]) => {
    if (isBareSeverity(subject) && values.some(({ kind }) => kind === 'SeverityLiteral'))
      compared.add(subject)
  }
  for (const { operator, left, right } of nodesOfKind('BinaryExpression')) {
    if (!isComparison(operator)) continue
    compare(left, [right])
    compare(right, [left])
  }
  for (const { name, operands } of calls) {
    const [subject, ...values] = operands
    if (name === 'in' && subject !== undefined) compare(subject, values)
  }
  return compared
}

function isBareSeverity(expression: Expression): expression is Keypath {
  return expression.kind === 'Keypath' && bareNameOf(expression) === 'severity'
}
