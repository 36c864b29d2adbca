import type { ComparisonOperator, Condition } from '../intermediate'

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
}

/** The condition that holds where the given one does not. */
export function negate(condition: Condition): Condition {
  switch (condition.kind) {
    case 'compare':
      return typeof condition.value === 'boolean'
        ? { ...condition, value: !condition.value }
        : { ...condition, operator: OPPOSITE[condition.operator] }
    case 'severityRange':
      return { ...condition, operator: OPPOSITE[condition.operator] }
    case 'present':
      return { ...condition, isPresent: !condition.isPresent }
    case 'any':
      return { kind: 'all', conditions: condition.conditions.map(negate) }
    case 'all':
      return { kind: 'any', conditions: condition.conditions.map(negate) }
    default:
      return { ...condition, isNegated: !condition.isNegated }
  }
}
