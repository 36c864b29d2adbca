import { fieldOf } from '../conditions/field-of'
import type { PlacedCondition } from '../draft'
import type { Condition, Literal } from '../intermediate'
import type { Field } from '../link/field'

/**
 * The conditions in the order they are filtered by, each once: first what the question is about (its severity),
 * then the engine's labels, then the rest as said. Several values of one field are alternatives: no record has
 * two of them.
 */
export function mergeConditions(placed: readonly PlacedCondition[]): PlacedCondition[] {
  const flat = placed.flatMap(flatten).sort((a, b) => rank(a) - rank(b) || a.start - b.start)
  return flat.reduce<PlacedCondition[]>((merged, next) => addTo(merged, next), [])
}

function flatten(placed: PlacedCondition): PlacedCondition[] {
  const { condition } = placed
  return condition.kind === 'all'
    ? condition.conditions.flatMap((part) => flatten({ ...placed, condition: part }))
    : [placed]
}

function rank({ condition, isHead }: PlacedCondition): number {
  if (isHead && (condition.kind === 'severity' || condition.kind === 'severityRange')) return 0
  return fieldOf(condition)?.keypath.namespace === '$l' ? 1 : 2
}

function addTo(merged: PlacedCondition[], next: PlacedCondition): PlacedCondition[] {
  const at = merged.findIndex((known) => unite(known.condition, next.condition) !== null)
  const known = merged[at]
  if (known === undefined) return [...merged, next]
  const condition = unite(known.condition, next.condition) as Condition
  const isComparison = known.isComparison || next.isComparison
  return merged.with(at, { ...known, condition, isComparison })
}

/** Two conditions as one: the same said twice, or alternatives of one field; null when both are needed. */
function unite(a: Condition, b: Condition): Condition | null {
  if (isSame(a, b)) return a
  if (a.kind === 'severity' && b.kind === 'severity' && !a.isNegated && !b.isNegated) {
    return { ...a, severities: [...new Set([...a.severities, ...b.severities])] }
  }
  const left = alternatives(a)
  const right = alternatives(b)
  if (left === null || right === null || fieldOf(a) !== fieldOf(b)) return null
  return {
    kind: 'oneOf',
    field: fieldOf(a) as Field,
    values: [...new Set([...left, ...right])],
    isNegated: false,
  }
}

function alternatives(condition: Condition): readonly Literal[] | null {
  if (condition.kind === 'oneOf' && !condition.isNegated) return condition.values
  return condition.kind === 'compare' && condition.operator === '==' && typeof condition.value !== 'boolean'
    ? [condition.value]
    : null
}

function isSame(a: Condition, b: Condition): boolean {
  if (a.kind !== b.kind || fieldOf(a) !== fieldOf(b)) return false
  return JSON.stringify({ ...a, field: null }) === JSON.stringify({ ...b, field: null })
}
