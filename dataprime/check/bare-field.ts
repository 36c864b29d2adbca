import type { KnownDataset } from '../catalogue/fields'
import { bareField } from '../diagnostics/codes'
import { replaceText, withFix } from '../diagnostics/diagnostic'
import type { Expression, Keypath } from '../tree/ast'
import { bareNameOf } from '../tree/keypaths'
import { isComparison } from '../tree/operators'
import type { CheckContext, Rule } from './check-context'

/** Labels that hardly anybody sends as keys of the data too. */
const LABELS: Readonly<Record<KnownDataset, ReadonlySet<string>>> = {
  logs: new Set(['applicationname', 'subsystemname']),
  spans: new Set(['applicationName', 'subsystemName', 'serviceName']),
}

const NAMES: ReadonlySet<string> = new Set(['timestamp', ...LABELS.logs, ...LABELS.spans])

/** A label, and the time of a record, are no keys of the user data, which is what a name alone reads. */
export const checkBareField: Rule = (context) => {
  let times: ReadonlySet<Keypath> | undefined
  for (const { keypath, pipeline, reading } of context.readings) {
    const name = bareNameOf(keypath)
    if (name === undefined || !NAMES.has(name)) continue
    const dataset = context.datasetOf(pipeline)
    if (reading.kind !== 'present' || reading.listed || reading.given || dataset === null) continue
    times ??= findTimes(context)
    const meant = LABELS[dataset].has(name) ? `$l.${name}` : times.has(keypath) ? '$m.timestamp' : undefined
    if (meant === undefined) continue
    const found = bareField(keypath.range, name, meant)
    context.report(withFix(found, `use ${meant}`, replaceText(keypath.range, meant)))
  }
}

/** The keypaths that are compared with a timestamp. */
function findTimes({ nodesOfKind, types }: CheckContext): ReadonlySet<Keypath> {
  const times = new Set<Keypath>()
  const compare = (one: Expression, other: Expression) => {
    if (one.kind === 'Keypath' && types.of(other).name === 'timestamp') times.add(one)
  }
  for (const { operator, left, right } of nodesOfKind('BinaryExpression')) {
    if (!isComparison(operator)) continue
    compare(left, right)
    compare(right, left)
  }
  return times
}
