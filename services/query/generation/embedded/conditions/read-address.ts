import type { Reading } from '../draft'
import type { Condition } from '../intermediate'
import { type Field, isOfConcept } from '../link/field'
import { lowerWord as lower } from '../lower-word'
import { isFree } from '../question'

export interface AddressReading {
  readonly condition: Condition
  readonly end: number
}

/** `172.16.0.0/12`, `from 203.0.113.9 or 203.0.113.10`: subnets and addresses of the caller, or of the target after "to". */
export function readAddress(reading: Reading, start: number, named: Field | null): AddressReading | null {
  const { question } = reading
  const token = question.tokens[start]
  if (token === undefined || !isFree(question, start)) return null
  if (token.kind !== 'subnet' && token.kind !== 'address') return null
  const field = named ?? addressField(reading, start)
  if (field === null) return null
  if (token.kind === 'subnet') {
    return { condition: { kind: 'subnet', field, subnet: token.text, isNegated: false }, end: start + 1 }
  }
  const values = [token.text]
  let end = start + 1
  for (;;) {
    let next = end
    while ([',', 'or', 'and'].includes(lower(question.tokens, next))) next += 1
    if (next === end || question.tokens[next]?.kind !== 'address' || !isFree(question, next)) break
    values.push(question.tokens[next]?.text as string)
    end = next + 1
  }
  const condition: Condition =
    values.length === 1
      ? { kind: 'compare', field, operator: '==', value: token.text }
      : { kind: 'oneOf', field, values, isNegated: false }
  return { condition, end }
}

function addressField(reading: Reading, start: number): Field | null {
  const fields = reading.index.fields.filter((field) => isOfConcept(field, 'ip') || looksLikeAddresses(field))
  const isTarget = ['to', 'towards', 'into', 'against', 'at', 'toward'].includes(
    lower(reading.question.tokens, start - 1),
  )
  return fields.find(({ side }) => (side === 'away') === isTarget) ?? fields[0] ?? null
}

function looksLikeAddresses(field: Field): boolean {
  return field.samples.length > 0 && field.samples.every((sample) => /^\d{1,3}(\.\d{1,3}){3}$/.test(sample))
}
