import { doubtfulExplode, explodeOfNoArray } from '../diagnostics/codes'
import { describeType } from '../types/describe-type'
import { isKnown } from '../types/inferred-type'
import type { Rule } from './check-context'

/** `explode` makes a row of each element of an array. */
export const checkExplodedArray: Rule = ({ nodesOfKind, types, report }) => {
  for (const { array } of nodesOfKind('ExplodeStage')) {
    const type = types.of(array)
    if (!isKnown(type) || type.name === 'array') continue
    const describe = type.certainty === 'certain' ? explodeOfNoArray : doubtfulExplode
    report(describe(array.range, describeType(type)))
  }
}
