import { fieldOf } from '../conditions/field-of'
import type { Condition } from '../intermediate'
import { isOfConcept } from '../link/field'

const SCOPES = [
  'service',
  'application',
  'host',
  'pod',
  'namespace',
  'region',
  'tenant',
  'version',
  'table',
  'job',
  'queue',
  'peer',
  'operation',
  'path',
  'method',
  'plan',
]

/** An outcome is how a record turned out, not where it comes from. */
export function isOutcome(condition: Condition): boolean {
  if (condition.kind === 'any' || condition.kind === 'all') return condition.conditions.every(isOutcome)
  const field = fieldOf(condition)
  if (field === null) return true
  if (field.type !== 'string') return true
  if (field.keypath.namespace === '$l' || SCOPES.some((concept) => isOfConcept(field, concept))) return false
  return (
    isOfConcept(field, 'error type') ||
    isOfConcept(field, 'event') ||
    condition.kind === 'text' ||
    condition.kind === 'present'
  )
}
