/** What may stand behind an operand: operators, methods, and what closes or goes on with its brackets. */

import type { Slot } from '../catalogue/clauses'
import { signaturesOf } from '../catalogue/functions'
import { type Candidate, callCandidate, candidate, operandOf, type Situation, typeOfSpan } from './candidate'
import type { CompletionKind } from './completion'
import type { ExpressionPlace, Frame } from './expression-place'
import { memberCandidates } from './field-candidates'
import { AGGREGATE_FUNCTIONS, mayAggregate, SCALAR_FUNCTIONS } from './function-choice'

const OPERATOR_SUMMARIES = {
  '==': 'Equal.',
  '!=': 'Not equal.',
  '>': 'Greater.',
  '>=': 'Greater or equal.',
  '<': 'Less.',
  '<=': 'Less or equal.',
  '~': 'Holds the phrase, in any case.',
  '~~': 'Any field holds the phrase, in any case.',
  '&&': 'Both are true.',
  '||': 'One of them is true.',
  '+': 'Plus; a time later by an interval.',
  '-': 'Minus; a time earlier by an interval, or the interval between two times.',
  '*': 'Times.',
  '/': 'Divided by; a time rounded down to an interval.',
  '%': 'The remainder of a division.',
} as const

type Operator = keyof typeof OPERATOR_SUMMARIES

const RELATIONS: readonly Operator[] = ['==', '!=', '>', '>=', '<', '<=']
const COMPARISON: readonly Operator[] = [...RELATIONS, '~']
const LOGIC: readonly Operator[] = ['&&', '||']
const ARITHMETIC: readonly Operator[] = ['+', '-', '*', '/', '%']
const TIME_ARITHMETIC: readonly Operator[] = ['/', '-', '+', '*', '%']

export function operatorCandidates(
  situation: Situation,
  slot: Slot,
  place: ExpressionPlace,
): readonly Candidate[] {
  if (slot === 'join-conditions') return operators(situation, [place.frame.compared ? '&&' : '=='])
  if (place.outer.length === 0 && TAKES_NO_OPERATOR.has(slot)) return []
  const found = operatorsInOrder(situation, slot, place)
  const signs = bracketCandidates(situation, place.frame)
  // A condition is not likely to end before anything has been compared.
  if (asksForCondition(slot, place) && !place.frame.compared)
    return [...operators(situation, found), ...signs]
  if (slot !== 'condition' || place.outer.length > 0) return [...signs, ...operators(situation, found)]
  // What is compared is whole: another condition may follow, or the stage may end.
  return [
    ...operators(situation, LOGIC),
    ...stageEndCandidates(situation),
    ...operators(
      situation,
      found.filter((operator) => !LOGIC.includes(operator)),
    ),
  ]
}

/** What may follow a stage that is whole. */
export function stageEndCandidates(situation: Situation): readonly Candidate[] {
  const signs = situation.caret.inSubquery ? ['|', ')'] : ['|']
  return signs.map((label) => sign(situation, label))
}

const TAKES_NO_OPERATOR: ReadonlySet<Slot> = new Set<Slot>([
  'keypath',
  'target',
  'phrase',
  'pattern',
  'row-count',
  'source-parameters',
])

/** Whether nothing but a keypath may stand there. */
export function takesKeypath(slot: Slot): boolean {
  return slot === 'keypath' || slot === 'target'
}

function operators(situation: Situation, list: readonly Operator[]): readonly Candidate[] {
  return list.map((label) =>
    candidate(situation, { label, kind: 'operator', documentation: OPERATOR_SUMMARIES[label] }),
  )
}

function operatorsInOrder(situation: Situation, slot: Slot, place: ExpressionPlace): readonly Operator[] {
  const { frame, operand } = place
  const expression = operandOf(situation, operand)
  const type = typeOfSpan(situation, operand)
  const arithmetic = arithmeticOf(type)
  if (expression.kind === 'Keypath' && expression.segments.length === 0)
    return ['~~', ...COMPARISON, ...LOGIC]
  if (type === 'severity' && !frame.compared) return RELATIONS
  if (frame.compared || type === 'boolean') return [...LOGIC, ...arithmetic, ...COMPARISON]
  return asksForCondition(slot, place)
    ? [...COMPARISON, ...LOGIC, ...arithmetic]
    : [...arithmetic, ...COMPARISON, ...LOGIC]
}

function arithmeticOf(type: string | undefined): readonly Operator[] {
  if (type === 'timestamp' || type === 'interval') return TIME_ARITHMETIC
  return type === 'severity' ? [] : ARITHMETIC
}

/** Whether a condition is what the innermost brackets hold. */
function asksForCondition(slot: Slot, { frame, outer }: ExpressionPlace): boolean {
  switch (frame.kind) {
    case 'whole':
      return slot === 'condition'
    case 'group':
      return slot === 'condition' && outer.every(({ kind }) => kind === 'whole' || kind === 'group')
    case 'call': {
      const index = frame.argument + (frame.target === null ? 0 : 1)
      return signaturesOf(frame.name).some(({ parameters }) => parameters[index]?.types[0] === 'boolean')
    }
    case 'case':
      return frame.name === 'case' && !frame.arrowSeen
    default:
      return false
  }
}

// ---------------------------------------------------------------------------------------------------------
// Brackets

function bracketCandidates(situation: Situation, frame: Frame): readonly Candidate[] {
  return bracketSigns(frame).map((label) => sign(situation, label))
}

export function sign(situation: Situation, label: string, kind: CompletionKind = 'punctuation'): Candidate {
  return candidate(situation, { label, kind })
}

function bracketSigns(frame: Frame): readonly string[] {
  switch (frame.kind) {
    case 'whole':
      return []
    case 'group':
      return [')']
    case 'call':
      return takesMore(frame) ? [',', ')'] : [')', ...(signaturesOf(frame.name).length === 0 ? [','] : [])]
    case 'array':
      return [',', ']']
    case 'index':
      return [']']
    case 'template':
      return ['}']
    case 'object':
      return [',', '}']
    case 'case':
      return caseSigns(frame)
  }
}

function caseSigns({ name, argument, arrowSeen }: Frame): readonly string[] {
  if (name !== 'case' && argument === 0) return [',']
  return arrowSeen ? [',', '}'] : ['->']
}

/** Whether an argument may follow the one at hand. */
function takesMore({ name, target, argument }: Frame): boolean {
  const given = argument + (target === null ? 1 : 2)
  return signaturesOf(name).some(({ arity }) => given < arity.most)
}

// ---------------------------------------------------------------------------------------------------------
// Methods

/** The fields below the operand and the functions that may be called on it, those for its very type first. */
export function dotCandidates(
  situation: Situation,
  slot: Slot,
  place: ExpressionPlace,
): readonly Candidate[] {
  const operand = operandOf(situation, place.operand)
  const members = memberCandidates(situation, place.operand, 'dot')
  // A namespace has fields before it has anything else.
  if (operand.kind === 'Keypath' && operand.segments.length === 0) return members
  if (takesKeypath(slot)) return members
  const type = typeOfSpan(situation, place.operand)
  const aggregations = mayAggregate(slot, place) ? AGGREGATE_FUNCTIONS : []
  const methods = [...SCALAR_METHODS, ...aggregations].filter(({ parameters }) => parameters.length > 0)
  // Nobody asks of a value that is written out which of many it is.
  const written = operand.kind === 'IntervalLiteral' || operand.kind === 'NumberLiteral'
  const fitting = methods.filter(({ parameters: [subject] }) =>
    written ? subject?.types.some((name) => name === type) : takes(subject?.types, type),
  )
  const exact = fitting.filter(
    ({ parameters }) => type !== undefined && parameters[0]?.types.some((t) => t === type),
  )
  const others = fitting.filter((method) => !exact.includes(method))
  return [...members, ...[...exact, ...others].map((method) => callCandidate(situation, method))]
}

/** A function that may be called with nothing at all is about nothing. */
const SCALAR_METHODS = SCALAR_FUNCTIONS.filter(({ parameters }) => parameters[0]?.optional !== true)

function takes(types: readonly string[] | undefined, type: string | undefined): boolean {
  if (types === undefined) return false
  // A word that only the catalogue knows says nothing about methods.
  if (type === undefined || !KNOWN_TYPES.has(type)) return true
  return types.includes('any') || types.includes(type)
}

const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'boolean',
  'timestamp',
  'interval',
  'regexp',
  'array',
  'severity',
])
