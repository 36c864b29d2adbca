/**
 * The types of expressions, from their parts up. What a keypath holds is for the environment to tell; all
 * else follows from the tree alone.
 */

import type { FunctionSignature } from '../catalogue/functions'
import type { CaseExpression, Expression, Keypath, Node, Segment } from '../tree/ast'
import { isArithmetic } from '../tree/operators'
import { nodesOf } from '../tree/walk'
import { accepts, type BoundCall, bindArguments } from './bind-arguments'
import { arrayOf, certain, commonType, type InferredType, likely, UNKNOWN, weaken } from './inferred-type'
import { typeNamed } from './known-fields'
import { arithmeticResult, negatedType } from './operators'
import type { TypeEnvironment } from './type-environment'

/** The types that have been found, by expression; those that are plain to see are left out. */
export type TypesFound = Map<Node, InferredType>

type TypeAt = (expression: Expression) => InferredType

/** Looks up what was found, unknown for everything else. */
export function typeFinder(types: TypesFound): TypeAt {
  return (expression) => plainType(expression) ?? types.get(expression) ?? UNKNOWN
}

/**
 * The type of what has the same wherever it stands. It is told each time it is asked for, which takes less
 * time than to remember it.
 */
function plainType(node: Node): InferredType | undefined {
  switch (node.kind) {
    case 'CastExpression':
      return typeOfCast(node.type)
    case 'BinaryExpression':
      return isArithmetic(node.operator) ? undefined : certain('boolean')
    case 'UnaryExpression':
      return node.operator === '!' ? certain('boolean') : undefined
    default:
      return LITERAL_TYPES[node.kind]
  }
}

const LITERAL_TYPES: { readonly [Kind in Node['kind']]?: InferredType } = {
  NumberLiteral: certain('number'),
  StringLiteral: certain('string'),
  InterpolatedString: certain('string'),
  BooleanLiteral: certain('boolean'),
  NullLiteral: certain('null'),
  IntervalLiteral: certain('interval'),
  TimestampLiteral: certain('timestamp'),
  RegexLiteral: certain('regexp'),
  SeverityLiteral: certain('severity'),
  ObjectLiteral: certain('object'),
}

/** The type of an expression where the keypaths have the types of the environment. */
export function typeOf(expression: Expression, environment: TypeEnvironment): InferredType {
  const types: TypesFound = new Map()
  inferTypesOf(nodesOf(expression), environment, types)
  return typeFinder(types)(expression)
}

/**
 * Finds the types of nodes that stand in the order of the text. Parents come before their children there, so
 * that going back over them finds the children first: a chain of any length takes time in proportion and no stack.
 */
export function inferTypesOf(nodes: readonly Node[], environment: TypeEnvironment, types: TypesFound): void {
  const typeAt = typeFinder(types)
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index] as Node
    const type = inferNode(node, environment, typeAt)
    if (type !== UNKNOWN) types.set(node, type)
  }
}

/** The type of what is not of a plain type. */
function inferNode(node: Node, environment: TypeEnvironment, typeAt: TypeAt): InferredType {
  switch (node.kind) {
    // The most of all nodes, and no expressions.
    case 'NameSegment':
    case 'Argument':
      return UNKNOWN
    case 'ArrayLiteral':
      return arrayOf(commonType(node.elements.map(typeAt)))
    case 'Keypath':
      return typeOfKeypath(node, environment, typeAt)
    case 'MemberExpression':
      return typeOfMember(typeAt(node.object), node.segment, typeAt)
    case 'UnaryExpression':
      return node.operator === '-' ? negatedType(typeAt(node.operand)) : UNKNOWN
    case 'BinaryExpression':
      return isArithmetic(node.operator)
        ? arithmeticResult(node.operator, typeAt(node.left), typeAt(node.right))
        : UNKNOWN
    case 'CaseExpression':
      return typeOfCase(node, typeAt)
    case 'CallExpression':
    case 'MethodCallExpression':
      return typeOfCall(bindArguments(node), typeAt)
    default:
      return UNKNOWN
  }
}

/** A namespace alone is the record, which people also search as if it were its text. */
function typeOfKeypath(keypath: Keypath, environment: TypeEnvironment, typeAt: TypeAt): InferredType {
  const { namespace, segments } = keypath
  if (segments.length === 0) return namespace === null ? UNKNOWN : likely('object')
  const last = segments.at(-1)
  if (last?.kind === 'IndexSegment') {
    const array = environment.lookup({ ...keypath, segments: segments.slice(0, -1) })
    return typeOfMember(array, last, typeAt)
  }
  return environment.lookup(keypath)
}

function typeOfMember(object: InferredType, segment: Segment, typeAt: TypeAt): InferredType {
  const indexed = segment.kind === 'IndexSegment' && typeAt(segment.index).name === 'number'
  if (!indexed || object.name !== 'array' || object.element === 'unknown') return UNKNOWN
  return { name: object.element, certainty: object.certainty, element: 'unknown' }
}

/** No documentation shows a cast to an array or object, so what comes of one is not certain. */
function typeOfCast(type: string): InferredType {
  const name = typeNamed(type)
  if (name === 'unknown') return UNKNOWN
  return name === 'array' || name === 'object' ? likely(name) : certain(name)
}

function typeOfCase({ arms }: CaseExpression, typeAt: TypeAt): InferredType {
  return commonType(arms.map(({ value }) => typeAt(value)))
}

function typeOfCall(call: BoundCall | undefined, typeAt: TypeAt): InferredType {
  const taken = call?.bound.every(({ parameter, value }) => accepts(parameter, typeAt(value)))
  // What comes of arguments that the documentation does not give is not documented either.
  if (call === undefined || !taken) return UNKNOWN
  const result = resultOf(call, typeAt)
  return call.signature.documented ? result : weaken(result)
}

function resultOf({ signature, bound }: BoundCall, typeAt: TypeAt): InferredType {
  const picked = () =>
    commonType(bound.flatMap(({ parameter, value }) => (parameter.picked ? [typeAt(value)] : [])))
  switch (signature.result) {
    case 'any':
      return UNKNOWN
    case 'same':
      return picked()
    case 'array':
      return arrayResult(signature, picked())
    default:
      return certain(signature.result)
  }
}

function arrayResult({ element }: FunctionSignature, picked: InferredType): InferredType {
  if (element === 'same') return arrayOf(picked)
  if (element !== 'any') return arrayOf(certain(element))
  return {
    name: 'array',
    certainty: 'certain',
    element: picked.name === 'array' ? picked.element : 'unknown',
  }
}
