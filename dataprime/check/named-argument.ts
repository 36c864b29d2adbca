import { parameterNamed, signaturesOf } from '../catalogue/functions'
import { doubtfulNamedArgument, unknownNamedArgument } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printOperand } from '../format/print'
import { BINARY_PRECEDENCE } from '../syntax/precedence'
import type { Argument } from '../tree/ast'
import type { Call, Rule } from './check-context'

/**
 * A named argument is one that the function has. Where the function takes a condition, a name before an
 * equals sign is a comparison gone wrong; elsewhere the documentation may just not name its parameters.
 */
export const checkNamedArgument: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const signatures = signaturesOf(call.name)
    if (signatures.every(({ parameters }) => parameters.length === 0)) continue
    for (const argument of call.arguments) {
      const { name, range } = argument
      if (name === null) continue
      if (signatures.some((signature) => parameterNamed(signature, name) !== undefined)) continue
      if (takesCondition(call)) report(comparison(call, name, argument))
      else report(doubtfulNamedArgument(range, name, call.name))
    }
  }
}

/** count_if(status = 500): meant as a comparison. */
function comparison(call: Call, name: string, { range, value }: Argument): Diagnostic {
  const diagnostic = unknownNamedArgument(range, name, call.name, 'use == to compare')
  const text = `${name} == ${printOperand(value, BINARY_PRECEDENCE['=='] + 1)}`
  return withFix(diagnostic, `use ${text}`, replaceText(range, text))
}

function takesCondition({ name }: Call): boolean {
  return signaturesOf(name).some(({ parameters }) => parameters[0]?.types[0] === 'boolean')
}
