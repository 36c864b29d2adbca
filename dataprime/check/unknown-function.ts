import { functionNames, INVENTED_FUNCTIONS, signaturesOf } from '../catalogue/functions'
import { unknownFunction } from '../diagnostics/codes'
import type { Rule } from './check-context'

const NAMES_IN_LOWER_CASE: ReadonlyMap<string, string> = new Map(
  [...functionNames()].map((name) => [name.toLowerCase(), name]),
)

/** Every function that is called exists; names are case-sensitive. */
export const checkUnknownFunction: Rule = ({ calls, report, suggest }) => {
  for (const { name, nameRange } of calls) {
    if (signaturesOf(name).length > 0) continue
    const replacement = INVENTED_FUNCTIONS.get(name.toLowerCase())
    const sameButCase = NAMES_IN_LOWER_CASE.get(name.toLowerCase())
    if (sameButCase !== undefined) report(unknownFunction(nameRange, name, undefined, sameButCase))
    else report(unknownFunction(nameRange, name, replacement, suggest(name, functionNames())))
  }
}
