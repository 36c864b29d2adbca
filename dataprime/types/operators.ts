import type { ArithmeticOperator } from '../tree/operators'
import {
  certain,
  type InferredType,
  isKnown,
  leastCertain,
  likely,
  type TypeName,
  UNKNOWN,
} from './inferred-type'

/** What arithmetic there is between numbers, times and intervals. */
interface Operation {
  readonly left: TypeName
  readonly right: TypeName
  readonly result: TypeName
  /** False for what is like a documented operation, such as its mirror image, and may or may not exist. */
  readonly documented: boolean
}

function operation(left: TypeName, right: TypeName, result: TypeName, documented = true): Operation {
  return { left, right, result, documented }
}

const NUMBERS = operation('number', 'number', 'number')

const OPERATIONS: Readonly<Record<ArithmeticOperator, readonly Operation[]>> = {
  '+': [
    NUMBERS,
    operation('timestamp', 'interval', 'timestamp'),
    operation('interval', 'interval', 'interval'),
    operation('interval', 'timestamp', 'timestamp', false),
  ],
  '-': [
    NUMBERS,
    operation('timestamp', 'interval', 'timestamp'),
    operation('timestamp', 'timestamp', 'interval'),
    operation('interval', 'interval', 'interval'),
  ],
  '*': [
    NUMBERS,
    operation('interval', 'number', 'interval'),
    operation('number', 'interval', 'interval', false),
  ],
  '/': [
    NUMBERS,
    operation('timestamp', 'interval', 'timestamp'),
    operation('interval', 'number', 'interval'),
    operation('interval', 'interval', 'number'),
  ],
  '%': [NUMBERS, operation('interval', 'interval', 'interval', false)],
}

/** The type of `-operand`. */
export function negatedType(operand: InferredType): InferredType {
  return operand.name === 'number' || operand.name === 'interval' ? operand : UNKNOWN
}

/**
 * The type of `left operator right`. Where one operand is not known it is what all operations with the other
 * agree on: what is added to a number is one, what is divided by an interval may be a time or a number.
 */
export function arithmeticResult(
  operator: ArithmeticOperator,
  left: InferredType,
  right: InferredType,
): InferredType {
  const possible = possibleOperations(operator, left, right)
  const [first] = possible
  if (first === undefined || possible.some(({ result }) => result !== first.result)) return UNKNOWN
  const sure = first.documented && leastCertain(...[left, right].filter(isKnown)) === 'certain'
  return sure ? certain(first.result) : likely(first.result)
}

function possibleOperations(
  operator: ArithmeticOperator,
  left: InferredType,
  right: InferredType,
): readonly Operation[] {
  const fits = (type: InferredType, name: TypeName) => !isKnown(type) || type.name === name
  return OPERATIONS[operator].filter(
    (operation) => fits(left, operation.left) && fits(right, operation.right),
  )
}

/** Whether there is no such arithmetic whatever the operands turn out to be. */
export function isImpossible(operator: ArithmeticOperator, left: InferredType, right: InferredType): boolean {
  return possibleOperations(operator, left, right).length === 0
}

/** Whether there is such arithmetic only if there is more than is documented. */
export function isUndocumented(
  operator: ArithmeticOperator,
  left: InferredType,
  right: InferredType,
): boolean {
  if (!isKnown(left) || !isKnown(right)) return false
  const possible = possibleOperations(operator, left, right)
  return possible.length > 0 && possible.every(({ documented }) => !documented)
}

/**
 * Whether two values cannot be compared. What a severity is compared with is a question of its own when it is
 * a string or a number, which older documentation compares it with.
 */
export function clash(left: InferredType, right: InferredType): boolean {
  if (!isKnown(left) || !isKnown(right) || left.name === right.name) return false
  return !isSeverityWithText(left.name, right.name) && !isSeverityWithText(right.name, left.name)
}

function isSeverityWithText(one: TypeName, other: TypeName): boolean {
  return one === 'severity' && (other === 'string' || other === 'number')
}
