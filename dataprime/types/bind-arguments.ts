import { type FunctionSignature, type Parameter, parameterNamed, signaturesOf } from '../catalogue/functions'
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
 * Which parameter each argument of a call is given for: of several signatures that take the number of arguments
 * the first is meant, which aggregates. Undefined for a function that does not exist or does
 * not take that many arguments, and without the arguments whose names it does not know: those are reported
 * as such, and what they were meant for is anybody's guess.
 */
export function bindArguments(node: CallExpression | MethodCallExpression): BoundCall | undefined {
  const isMethod = node.kind === 'MethodCallExpression'
  const count = node.arguments.length + (isMethod ? 1 : 0)
  const signature = signaturesOf(node.name).find(({ arity }) => count >= arity.least && count <= arity.most)
  if (signature === undefined) return undefined
  const bound: BoundArgument[] = []
  const bind = (parameter: Parameter | undefined, value: Expression) => {
    if (parameter !== undefined) bound.push({ parameter, value })
  }
  const { parameters } = signature
  const last = parameters.at(-1)
  let place = 0
  if (isMethod) bind(parameters[place++], node.target)
  for (const { name, value } of node.arguments) if (name === null) bind(parameters[place++] ?? last, value)
  if (place === count) return { signature, bound }
  for (const { name, value } of node.arguments) {
    if (name !== null) bind(parameterNamed(signature, name), value)
  }
  return { signature, bound }
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
