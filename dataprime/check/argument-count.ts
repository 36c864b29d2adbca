import { describeSignature, type FunctionSignature, signaturesOf } from '../catalogue/functions'
import { wrongArgumentCount } from '../diagnostics/codes'
import type { Call, Rule } from './check-context'

/** A call has as many arguments as some signature of its function takes. */
export const checkArgumentCount: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const count = call.operands.length
    const all = signaturesOf(call.name)
    if (all.some((signature) => takes(signature, count))) continue
    const signatures = all.filter(({ documented }) => documented)
    if (signatures.length === 0 || isIncomplete(call)) continue
    const hint = signatures.map(describeSignature).join(' or ')
    report(wrongArgumentCount(call.nameRange, call.name, describeArity(signatures), count, hint))
  }
}

/** An argument that could not be read has been reported; how many were meant is not known. */
function isIncomplete({ operands }: Call): boolean {
  return operands.some(({ kind }) => kind === 'MissingExpression')
}

function takes(signature: FunctionSignature, count: number): boolean {
  const { least, most } = signature.arity
  return count >= least && count <= most
}

function describeArity(signatures: readonly FunctionSignature[]): string {
  const arities = signatures.map(({ arity }) => arity)
  return describeCount(
    Math.min(...arities.map(({ least }) => least)),
    Math.max(...arities.map(({ most }) => most)),
  )
}

/** "1 argument", "2 or 3 arguments", "at least 2 arguments". */
export function describeCount(least: number, most: number): string {
  const plural = (count: number) => (count === 1 ? 'argument' : 'arguments')
  if (least === most) return least === 0 ? 'no arguments' : `${least} ${plural(least)}`
  if (most === Number.POSITIVE_INFINITY) return `at least ${least} ${plural(least)}`
  return `${least} ${most - least === 1 ? 'or' : 'to'} ${most} ${plural(most)}`
}
