/** Literals, and the values that fit what stands around the place. */

import { type Parameter, signaturesOf } from '../catalogue/functions'
import { DOMAIN_CHOICES } from '../catalogue/units'
import { CASE_FORMS, SEVERITIES } from '../tree/ast'
import {
  type Candidate,
  callCandidate,
  candidate,
  operandOf,
  type Situation,
  stringCandidate,
  typeOfSpan,
} from './candidate'
import type { ExpressionPlace, Frame, TokenSpan } from './expression-place'

export function literalCandidates(situation: Situation): readonly Candidate[] {
  return [
    ...['true', 'false', 'null'].map((label) => candidate(situation, { label, kind: 'value' })),
    ...severityCandidates(situation),
    ...CASE_FORMS.map((form) =>
      candidate(situation, {
        label: form,
        kind: 'function',
        insertText: situation.caret.after.trimStart().startsWith('{') ? form : `${form} {`,
        detail: form === 'case' ? 'case { condition -> value, … }' : `${form} { value, key -> value, … }`,
        documentation: 'The value of the first arm that fits.',
      }),
    ),
    ...nowCandidates(situation),
  ]
}

function severityCandidates(situation: Situation, inString = false): readonly Candidate[] {
  return SEVERITIES.map((label) =>
    candidate(situation, { label, kind: 'value', detail: 'severity', inString }),
  )
}

export function nowCandidates(situation: Situation): readonly Candidate[] {
  const documentation = 'The time of the query.'
  return [
    candidate(situation, {
      label: "@'now'",
      kind: 'value',
      detail: 'timestamp',
      documentation,
      matches: ["@'now'", 'now'],
    }),
  ]
}

/** Behind "@". */
export function timestampCandidates(situation: Situation): readonly Candidate[] {
  const documentation = 'The time of the query.'
  return [stringCandidate(situation, 'now', { kind: 'value', detail: 'timestamp', documentation })]
}

const INTERVALS: Readonly<Record<string, string>> = {
  '15m': 'A quarter of an hour.',
  '1h': 'An hour.',
  '24h': 'A day.',
  '7d': 'A week.',
  '5m': 'Five minutes.',
  '30m': 'Half an hour.',
  '1m': 'A minute.',
  '6h': 'Six hours.',
  '1d': 'A day.',
  '30d': 'Thirty days.',
  '1s': 'A second.',
  '10s': 'Ten seconds.',
  '100ms': 'A hundred milliseconds.',
}

export function intervalCandidates(situation: Situation): readonly Candidate[] {
  return Object.entries(INTERVALS).map(([label, documentation]) =>
    candidate(situation, { label, kind: 'value', detail: 'interval', documentation }),
  )
}

/** Values that fit what the operand is compared with, or what the parameter it is given for takes. */
export function valueCandidates(situation: Situation, { frame }: ExpressionPlace): readonly Candidate[] {
  const compared = comparedWith(frame)
  const parameter = parameterAt(frame)
  return [
    ...(parameter === undefined ? [] : parameterValues(situation, parameter, isFirstOperand(frame))),
    ...(compared === undefined ? [] : valuesLike(situation, compared)),
    ...(takesInterval(situation, frame) ? intervalCandidates(situation) : []),
  ]
}

function isFirstOperand({ argument, target }: Frame): boolean {
  return argument === 0 && target === null
}

/** Times are rounded to intervals, and moved by them. */
function takesInterval(situation: Situation, { operator, left }: Frame): boolean {
  if (left === null || !(operator === '/' || operator === '-' || operator === '+')) return false
  const type = typeOfSpan(situation, left)
  return type === 'timestamp' || type === 'interval'
}

function valuesLike(situation: Situation, compared: TokenSpan): readonly Candidate[] {
  const operand = operandOf(situation, compared)
  const field = operand.kind === 'Keypath' ? situation.fieldNamed(operand) : undefined
  const samples = (field?.sampleValues ?? []).map((value) => sampleCandidate(situation, value, field?.type))
  return [...samples, ...valuesOfType(situation, typeOfSpan(situation, compared))]
}

/** A sample is text in the catalogue, whatever the type of its field is. */
function sampleCandidate(situation: Situation, value: string, type: string | null | undefined): Candidate {
  const bare =
    (type === 'number' && /^-?\d+(\.\d+)?$/.test(value)) ||
    (type === 'boolean' && /^(true|false)$/.test(value))
  return bare
    ? candidate(situation, { label: value, kind: 'value', detail: String(type) })
    : stringCandidate(situation, value, { kind: 'value', detail: type ?? 'string' })
}

function valuesOfType(situation: Situation, type: string | undefined): readonly Candidate[] {
  switch (type) {
    case 'severity':
      // A severity is written without quotes, so it takes the place of a half-written string as well.
      return severityCandidates(situation, true)
    case 'boolean':
      return ['true', 'false'].map((label) =>
        candidate(situation, { label, kind: 'value', detail: 'boolean' }),
      )
    case 'timestamp':
      return [
        ...nowCandidates(situation),
        ...signaturesOf('now').map((signature) => callCandidate(situation, signature)),
      ]
    case 'interval':
      return intervalCandidates(situation)
    default:
      return []
  }
}

const COMPARED_BY: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '~', '='])

/** The first operand of these is of the kind of all others. */
const COMPARING_FUNCTIONS: ReadonlySet<string> = new Set([
  'in',
  'inArray',
  'contains',
  'startsWith',
  'endsWith',
  'firstNonNull',
])

/** The operand that the one at the caret is compared with. */
function comparedWith(frame: Frame): TokenSpan | undefined {
  const { operator, left } = frame
  if (left !== null && operator !== null && COMPARED_BY.has(operator)) return left
  if (frame.kind === 'call' && COMPARING_FUNCTIONS.has(frame.name)) {
    if (frame.target !== null) return frame.target
    return frame.argument > 0 ? (frame.firstArgument ?? undefined) : undefined
  }
  const choosesByKey =
    frame.kind === 'case' && frame.name !== 'case' && !frame.arrowSeen && frame.argument > 0
  return choosesByKey ? (frame.firstArgument ?? undefined) : undefined
}

/** The parameter that the argument at the caret is given for. */
function parameterAt({ kind, name, target, argument, argumentName, operator }: Frame): Parameter | undefined {
  if (kind !== 'call' || operator !== null) return undefined
  for (const { parameters } of signaturesOf(name)) {
    const parameter =
      argumentName === null
        ? parameters[argument + (target === null ? 0 : 1)]
        : parameters.find((parameter) => parameter.name === argumentName)
    if (parameter !== undefined) return parameter
  }
  return undefined
}

function parameterValues(
  situation: Situation,
  { domain, types, name, named }: Parameter,
  isFirst: boolean,
): readonly Candidate[] {
  if (domain === 'share') {
    return ['0.5', '0.9', '0.95', '0.99'].map((label) =>
      candidate(situation, { label, kind: 'value', detail: name }),
    )
  }
  if (domain !== null) {
    return DOMAIN_CHOICES[domain].map(({ text, summary }) =>
      stringCandidate(situation, text, { kind: 'unit', detail: name, documentation: summary }),
    )
  }
  // What a function is applied to, and a condition, comes from the row and is hardly ever a literal.
  const [type] = types
  const takesLiteral =
    !isFirst && types.length === 1 && (type === 'interval' || (type === 'boolean' && named))
  return takesLiteral ? valuesOfType(situation, type) : []
}
