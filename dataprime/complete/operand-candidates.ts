/** What may stand where an operand may begin: values, fields, functions and literals. */

import type { Slot } from '../catalogue/clauses'
import { SOURCE_PARAMETERS } from '../catalogue/datasets'
import { extractorNamed } from '../catalogue/extractors'
import { signaturesOf } from '../catalogue/functions'
import { CAST_TYPES } from '../catalogue/types'
import { parse } from '../syntax/parser'
import { isWord } from '../syntax/token-stream'
import { type Candidate, callCandidate, candidate, type Situation } from './candidate'
import type { ExpressionPlace, Frame } from './expression-place'
import {
  fieldCandidates,
  memberCandidates,
  namespaceCandidates,
  parameterCandidates,
} from './field-candidates'
import { AGGREGATE_FUNCTIONS, mayAggregate, SCALAR_FUNCTIONS } from './function-choice'
import { fieldsBefore, type LiveField } from './live-fields'
import { intervalCandidates, literalCandidates, nowCandidates, valueCandidates } from './value-candidates'

export function operandCandidates(
  situation: Situation,
  slot: Slot,
  place: ExpressionPlace,
): readonly Candidate[] {
  const { frame } = place
  if (frame.kind === 'index' && frame.target !== null) {
    return [
      ...memberCandidates(situation, frame.target, 'brackets'),
      ...generalOperands(situation, 'expression', place),
    ]
  }
  return [
    ...(slot === 'join-conditions' ? [] : valueCandidates(situation, place)),
    ...argumentCandidates(situation, frame),
    ...generalOperands(situation, slot, place),
    ...defaultArm(situation, frame),
  ]
}

/** What a place of this kind takes whatever stands around it. */
function generalOperands(situation: Situation, slot: Slot, place: ExpressionPlace): readonly Candidate[] {
  const nested = place.outer.length > 0
  switch (slot) {
    case 'phrase':
    case 'pattern':
      return []
    case 'source-parameters':
      return parameterNames(situation, place)
    case 'row-count':
      return rowCounts(situation, place).map((label) =>
        candidate(situation, { label, kind: 'value', detail: 'number' }),
      )
    case 'keypath':
      return nested ? rowOperands(situation, 'expression', place) : keypathCandidates(situation)
    case 'target':
      return nested ? rowOperands(situation, 'expression', place) : targetCandidates(situation)
    case 'interval':
      return nested
        ? [...intervalCandidates(situation), ...timeOperands(situation)]
        : intervalOperands(situation)
    case 'time':
      return timeOperands(situation)
    case 'join-conditions':
      return joinOperands(situation, place)
    default:
      return rowOperands(situation, slot, place)
  }
}

const ROW_COUNTS = ['10', '20', '50', '100', '1000']

/** Of rows that are alike one is kept, as a rule. */
function rowCounts({ caret: { tokens } }: Situation, { operand }: ExpressionPlace): readonly string[] {
  const before = tokens[operand.from - 1]
  return before !== undefined && isWord(before, 'keep') ? ['1', ...ROW_COUNTS] : ROW_COUNTS
}

function keypathCandidates(situation: Situation): readonly Candidate[] {
  return [...fieldCandidates(situation), ...namespaceCandidates(situation)]
}

/** A new name is nobody's to guess, but it may be one of a field that is there, or a namespace. */
function targetCandidates(situation: Situation): readonly Candidate[] {
  const candidates =
    situation.caret.typed.text === '' ? namespaceCandidates(situation) : keypathCandidates(situation)
  // Parameters are read only.
  return candidates.filter(({ label }) => label !== '$p')
}

function timeOperands(situation: Situation): readonly Candidate[] {
  return [
    ...nowCandidates(situation),
    ...signaturesOf('now').map((signature) => callCandidate(situation, signature)),
    ...parameterCandidates(situation),
    ...namespaceCandidates(situation),
    ...SCALAR_FUNCTIONS.filter(({ name }) => name !== 'now').map((signature) =>
      callCandidate(situation, signature),
    ),
  ]
}

/** What is an interval without a look at any row. */
function intervalOperands(situation: Situation): readonly Candidate[] {
  return [
    ...intervalCandidates(situation),
    ...SCALAR_FUNCTIONS.filter(({ result }) => result === 'interval').map((signature) =>
      callCandidate(situation, signature),
    ),
    ...namespaceCandidates(situation).filter(({ label }) => label === '$p'),
  ]
}

function parameterNames(situation: Situation, { frame }: ExpressionPlace): readonly Candidate[] {
  if (frame.argumentName !== null || frame.operator !== null) return []
  return SOURCE_PARAMETERS.map(({ name, summary }) =>
    candidate(situation, { label: `${name}=`, kind: 'argument', documentation: summary }),
  )
}

const SIDES = {
  'left=>': 'Begins a field of this query.',
  'right=>': 'Begins a field of the query in parentheses.',
}

/** Fields of both queries; behind the word for a side those of that side. */
function joinOperands(situation: Situation, { operand }: ExpressionPlace): readonly Candidate[] {
  const { tokens } = situation.caret
  const sideWritten = tokens[operand.from - 1]?.kind === '=>'
  if (sideWritten && tokens[operand.from - 2]?.text === 'right') {
    return fieldCandidates(situation, fieldsOfOtherQuery(situation))
  }
  if (sideWritten) return keypathCandidates(situation)
  const sides = Object.entries(SIDES).map(([label, documentation]) =>
    candidate(situation, { label, kind: 'argument', documentation }),
  )
  return [
    ...sides,
    ...keypathCandidates(situation),
    ...fieldCandidates(situation, fieldsOfOtherQuery(situation)),
  ]
}

function fieldsOfOtherQuery({ caret, options }: Situation): readonly LiveField[] {
  const [join] = parse(caret.stage).query.stages
  return join?.kind === 'JoinStage' ? fieldsBefore(join.query, join.query.stages.length, options) : []
}

function rowOperands(situation: Situation, slot: Slot, place: ExpressionPlace): readonly Candidate[] {
  const fields = fieldCandidates(situation)
  const scalars = SCALAR_FUNCTIONS.map((signature) => callCandidate(situation, signature))
  const literals = [
    ...literalCandidates(situation),
    ...namespaceCandidates(situation),
    ...parameterCandidates(situation),
  ]
  if (!mayAggregate(slot, place)) return [...fields, ...scalars, ...literals]
  const aggregations = AGGREGATE_FUNCTIONS.map((signature) => callCandidate(situation, signature))
  return slot === 'aggregate'
    ? [...aggregations, ...scalars, ...fields, ...literals]
    : [...fields, ...aggregations, ...scalars, ...literals]
}

// ---------------------------------------------------------------------------------------------------------
// Arguments

/** The names that arguments have. */
function argumentCandidates(situation: Situation, frame: Frame): readonly Candidate[] {
  if (frame.operator !== null || frame.argumentName !== null) return []
  if (frame.kind !== 'call' || (frame.argument === 0 && frame.target === null)) return []
  const names = signaturesOf(frame.name).flatMap(({ parameters }) => parameters.filter(({ named }) => named))
  return names.map(({ name, types }) =>
    candidate(situation, { label: `${name}=`, kind: 'argument', detail: types.join(' or ') }),
  )
}

/** The arm that a case block ends with, where an arm may begin. */
function defaultArm(situation: Situation, frame: Frame): readonly Candidate[] {
  if (frame.kind !== 'case' || frame.arrowSeen || frame.operator !== null) return []
  const atSubject = frame.name !== 'case' && frame.argument === 0
  return atSubject
    ? []
    : [candidate(situation, { label: '_ ->', kind: 'clause', documentation: 'Every other case.' })]
}

/** The arguments of an extractor, which may all be named. */
export function extractorArgumentCandidates(
  situation: Situation,
  { frame, outer }: ExpressionPlace,
): readonly Candidate[] {
  const extractor = outer.length === 1 ? extractorNamed(frame.name) : undefined
  if (extractor === undefined) return []
  const given = frame.argumentName ?? extractor.parameters[frame.argument]?.name
  const types =
    given === 'element_datatype'
      ? CAST_TYPES.map((label) => candidate(situation, { label, kind: 'type' }))
      : []
  const names = frame.argumentName === null ? extractor.parameters.slice(frame.argument) : []
  return [
    ...types,
    ...names.map(({ name }) =>
      candidate(situation, { label: `${name}=`, kind: 'argument', documentation: extractor.summary }),
    ),
  ]
}
