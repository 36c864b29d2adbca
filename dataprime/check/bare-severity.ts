import { bareSeverity } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import { datasetRead } from '../scope/records'
import type { Expression, Keypath, Query } from '../tree/ast'
import { isComparison } from '../tree/operators'
import type { CheckContext, Rule } from './check-context'

/** The severity of a log is metadata. `severity` alone is a key of the user data, which is no severity. */
export const checkBareSeverity: Rule = (context) => {
  const compared = findCompared(context)
  if (compared.size === 0) return
  for (const { keypath, pipeline, reading } of context.readings) {
    if (!compared.has(keypath) || !readsLogs(pipeline)) continue
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
  if (expression.kind !== 'Keypath' || expression.namespace !== null) return false
  const [first, second] = expression.segments
  return first?.kind === 'NameSegment' && first.name === 'severity' && second === undefined
}

/** Without a source the default one is read, which is usually logs. */
function readsLogs({ stages: [first] }: Query): boolean {
  if (first?.kind === 'DpxlStage') return false
  return first?.kind !== 'SourceStage' || datasetRead(first) === 'logs'
}
