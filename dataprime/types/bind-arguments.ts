import {
  arityOf,
  type FunctionSignature,
  type Parameter,
  parameterNamed,
  signaturesOf,
} from '../catalogue/functions'
import type { CallExpression, Expression, MethodCallExpression } from '../tree/ast'
import { type InferredType, isKnown } from './inferred-type'

/** An argument with the parameter it is given for. */
export interface BoundArgument {
  readonly parameter: Parameter
  readonly value: Expression
}

export interface BoundCall {
  readonly signature: FunctionSignature
  /** The arguments in the order they are written, the target of a method first. */
  readonly bound: readonly BoundArgument[]
}

/**
 * Which parameter each argument of a call is given for. Undefined for a function that does not exist or does
 * not take that many arguments, and without the arguments whose names it does not know: those are reported
 * as such, and what they were meant for is anybody's guess.
 */
export function bindArguments(node: CallExpression | MethodCallExpression): BoundCall | undefined {
  const target = node.kind === 'MethodCallExpression' ? [node.target] : []
  const signature = signatureTaking(node.name, target.length + node.arguments.length)
  if (signature === undefined) return undefined
  const { parameters } = signature
  const positional = [
    ...target,
    ...node.arguments.flatMap(({ name, value }) => (name === null ? [value] : [])),
  ]
  const bound: BoundArgument[] = []
  for (const [index, value] of positional.entries()) {
    const parameter = parameters[index] ?? parameters.at(-1)
    if (parameter !== undefined) bound.push({ parameter, value })
  }
  for (const { name, value } of node.arguments) {
    const parameter = name === null ? undefined : parameterNamed(signature, name)
    if (parameter !== undefined) bound.push({ parameter, value })
  }
  return { signature, bound }
}

/** Of several signatures that take the number of arguments the first one, which aggregates. */
function signatureTaking(name: string, count: number): FunctionSignature | undefined {
  return signaturesOf(name).find((signature) => {
    const { least, most } = arityOf(signature)
    return count >= least && count <= most
  })
}

/**
 * Whether a parameter takes a value of a type, as far as is known. Older documentation calls functions of
 * strings on a severity.
 */
export function accepts({ types }: Pick<Parameter, 'types'>, type: InferredType): boolean {
  if (!isKnown(type)) return true
  const accepted: readonly string[] = types
  if (accepted.includes('any') || accepted.includes(type.name)) return true
  return type.name === 'severity' && accepted.includes('string')
}
