import type { Condition } from '../intermediate'
import type { Field } from '../link/field'

/** The one field a condition is about; null for the severity, the whole record and alternatives. */
export function fieldOf(condition: Condition): Field | null {
  return 'field' in condition ? condition.field : null
}
