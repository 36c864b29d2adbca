import { tooManyGroups, tooManyUnions } from '../diagnostics/codes'
import type { Rule } from './check-context'

/** Documented limits: unions of a query on frequent search, groupings of one `multigroupby`. */
const UNIONS_MAX = 10
const GROUPS_MAX = 64

/** What a query asks of the engine stays within documented limits. */
export const checkStageLimit: Rule = ({ nodesOfKind, report }) => {
  const oneTooMany = nodesOfKind('UnionStage')[UNIONS_MAX]
  if (oneTooMany !== undefined) report(tooManyUnions(oneTooMany.keywordRange, UNIONS_MAX))
  for (const { groups, keywordRange } of nodesOfKind('MultigroupbyStage')) {
    if (groups.length > GROUPS_MAX) report(tooManyGroups(keywordRange, groups.length, GROUPS_MAX))
  }
}
