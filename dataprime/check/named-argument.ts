import { signaturesOf } from '../catalogue/functions'
import { doubtfulNamedArgument, unknownNamedArgument } from '../diagnostics/codes'
import type { Call, Rule } from './check-context'

/** A spelling the documentation uses beside the one in the catalogue. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([['errorThreshold', 'error_threshold']])

/**
 * A named argument is one that the function has. Where the function takes a condition, a name before an
 * equals sign is a comparison gone wrong; elsewhere the documentation may just not name its parameters.
 */
export const checkNamedArgument: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const parameters = signaturesOf(call.name).flatMap(({ parameters }) => parameters)
    if (parameters.length === 0) continue
    for (const { name, range } of call.arguments) {
      if (name === null) continue
      const spelling = OTHER_SPELLINGS.get(name) ?? name
      if (parameters.some((parameter) => parameter.name === spelling)) continue
      if (takesCondition(call)) report(unknownNamedArgument(range, name, call.name, 'use == to compare'))
      else report(doubtfulNamedArgument(range, name, call.name))
    }
  }
}

function takesCondition({ name }: Call): boolean {
  return signaturesOf(name).some(({ parameters }) => parameters[0]?.types[0] === 'boolean')
}
