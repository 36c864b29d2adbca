import type { KnownDataset } from '../catalogue/fields'
import { bareField } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Keypath } from '../tree/ast'
import { bareNameOf } from '../tree/keypaths'
import { isComparison } from '../tree/operators'
import type { CheckContext, Rule } from './check-context'

/** Labels that hardly anybody sends as keys of the data too. */
const LABELS: Readonly<Record<KnownDataset, ReadonlySet<string>>> = {
  logs: new Set(['applicationname', 'subsystemname']),
  spans: new Set(['applicationName', 'subsystemName', 'serviceName']),
}

/** A label, and the time of a record, are no keys of the user data, which is what a name alone reads. */
export const checkBareField: Rule = (context) => {
  const times = findTimes(context)
  for (const { keypath, pipeline, reading } of context.readings) {
    if (reading.kind !== 'present' || reading.listed || reading.given) continue
    const name = bareNameOf(keypath)
    const dataset = context.datasetOf(pipeline)
    if (name === undefined || dataset === null) continue
    const meant = LABELS[dataset].has(name) ? `$l.${name}` : times.has(keypath) ? '$m.timestamp' : undefined
    if (meant === undefined) continue
    const found = bareField(keypath.range, name, meant)
    context.report(withFix(found, `use ${meant}`, replaceText(keypath.range, meant)))
  }
}

/** The keypaths `timestamp` that are compared with a timestamp. */
function findTimes({ nodesOfKind, types }: CheckContext): ReadonlySet<Keypath> {
  const times = new Set<Keypath>()
  for (const { operator, left, right } of nodesOfKind('BinaryExpression')) {
    if (!isComparison(operator)) continue
    for (const [one, other] of [[left, right] as const, [right, left] as const]) {
      const isTime = one.kind === 'Keypath' && bareNameOf(one) === 'timestamp'
      if (isTime && types.of(other).name === 'timestamp') times.add(one)
    }
  }
  return times
}
