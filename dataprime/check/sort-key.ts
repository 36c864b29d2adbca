import { doubtfulSortKey, sortKeyWithoutOrder } from '../diagnostics/codes'
import { describeType } from '../types/describe-type'
import type { TypeName } from '../types/inferred-type'
import type { Rule } from './check-context'

const WITHOUT_ORDER: ReadonlySet<TypeName> = new Set<TypeName>(['array', 'object'])

/** What `max_by` and `min_by` sort by, their first argument, has an order. */
export const checkSortKey: Rule = ({ calls, types, report }) => {
  for (const { name, bound } of calls) {
    for (const { parameter, value } of bound) {
      const type = types.of(value)
      if (parameter.name !== 'sortKey' || !WITHOUT_ORDER.has(type.name)) continue
      const describe = type.certainty === 'certain' ? sortKeyWithoutOrder : doubtfulSortKey
      report(describe(value.range, name, describeType(type)))
    }
  }
}
