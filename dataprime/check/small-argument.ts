import { argumentTooSmall } from '../diagnostics/codes'
import type { Rule } from './check-context'

/** Parts are counted from 1, and a limit is at least one value. */
export const checkSmallArgument: Rule = ({ calls, report }) => {
  for (const { name, bound } of calls) {
    for (const { parameter, value } of bound) {
      const { least } = parameter
      if (least === null || value.kind !== 'NumberLiteral' || !(value.value < least)) continue
      report(argumentTooSmall(value.range, name, parameter.name, least, value.text))
    }
  }
}
