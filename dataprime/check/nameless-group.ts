import { namelessGroup } from '../diagnostics/codes'
import type { Rule } from './check-context'

/** The keys of `multigroupby` are columns of one table, so each that is no keypath is documented to need a name. */
export const checkNamelessGroup: Rule = ({ nodesOfKind, report }) => {
  for (const { groups } of nodesOfKind('MultigroupbyStage')) {
    for (const { expression, alias } of groups.flat()) {
      const { kind, range } = expression
      if (alias === null && kind !== 'Keypath' && kind !== 'MissingExpression') report(namelessGroup(range))
    }
  }
}
