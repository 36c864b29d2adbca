import { type Parameter, parameterNamed, signaturesOf } from '../catalogue/functions'
import { doubtfulNamedArgument, unknownNamedArgument } from '../diagnostics/codes'
import type { Rule } from './check-context'

/**
 * A named argument is one that the function has. Of most functions the documentation may just not name the
 * parameters; where it does so for those behind the first, there are no others.
 */
export const checkNamedArgument: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const signatures = signaturesOf(call.name)
    if (signatures.every(({ parameters }) => parameters.length === 0)) continue
    const documented = signatures.flatMap(({ parameters }) => parameters.filter(({ named }) => named))
    for (const argument of call.arguments) {
      const { name, range } = argument
      if (name === null) continue
      if (signatures.some((signature) => parameterNamed(signature, name) !== undefined)) continue
      if (documented.length > 0 && argument !== call.arguments[0])
        report(unknownNamedArgument(range, name, call.name, describeNames(documented)))
      else report(doubtfulNamedArgument(range, name, call.name))
    }
  }
}

function describeNames(parameters: readonly Parameter[]): string {
  return `it has ${parameters.map(({ name }) => name).join(', ')}`
}
