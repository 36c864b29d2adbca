import { parameterNamed, signaturesOf } from '../catalogue/functions'
import { doubtfulNamedArgument, unknownNamedArgument } from '../diagnostics/codes'
import type { Call, Rule } from './check-context'

/**
 * A named argument is one that the function has. Where the function takes a condition, a name before an
 * equals sign is a comparison gone wrong; elsewhere the documentation may just not name its parameters.
 */
export const checkNamedArgument: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const signatures = signaturesOf(call.name)
    if (signatures.every(({ parameters }) => parameters.length === 0)) continue
    for (const { name, range } of call.arguments) {
      if (name === null) continue
      if (signatures.some((signature) => parameterNamed(signature, name) !== undefined)) continue
      if (takesCondition(call)) report(unknownNamedArgument(range, name, call.name, 'use == to compare'))
      else report(doubtfulNamedArgument(range, name, call.name))
    }
  }
}

function takesCondition({ name }: Call): boolean {
  return signaturesOf(name).some(({ parameters }) => parameters[0]?.types[0] === 'boolean')
}
