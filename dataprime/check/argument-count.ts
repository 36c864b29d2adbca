import { arityOf, describeSignature, type FunctionSignature, signaturesOf } from '../catalogue/functions'
import { wrongArgumentCount } from '../diagnostics'
import type { Call, Rule } from './check-context'

/** A call has as many arguments as some signature of its function takes. */
export const checkArgumentCount: Rule = ({ calls, report }) => {
  for (const call of calls) {
    const signatures = signaturesOf(call.name).filter(({ documented }) => documented)
    if (signatures.length === 0 || isIncomplete(call)) continue
    const count = call.operands.length
    if (signatures.some((signature) => takes(signature, count))) continue
    const hint = signatures.map(describeSignature).join(' or ')
    report(wrongArgumentCount(call.nameRange, call.name, describeArity(signatures), count, hint))
  }
}

/** An argument that could not be read has been reported; how many were meant is not known. */
function isIncomplete({ operands }: Call): boolean {
  return operands.some(({ kind }) => kind === 'MissingExpression')
}

function takes(signature: FunctionSignature, count: number): boolean {
  const { least, most } = arityOf(signature)
  return count >= least && count <= most
}

function describeArity(signatures: readonly FunctionSignature[]): string {
  const arities = signatures.map(arityOf)
  const least = Math.min(...arities.map(({ least }) => least))
  const most = Math.max(...arities.map(({ most }) => most))
  if (least === most) return least === 0 ? 'no arguments' : `${least} argument${least === 1 ? '' : 's'}`
  if (most === Number.POSITIVE_INFINITY) return `at least ${least} argument${least === 1 ? '' : 's'}`
  return most - least === 1 ? `${least} or ${most} arguments` : `${least} to ${most} arguments`
}
