import { type FieldUnit, unitOfField } from '../catalogue/fields'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import type { Expression } from '../tree/ast'
import { isCall, operandsOf } from '../tree/calls'
import type { TypeName } from '../types/inferred-type'

/** The functions that make the number a field counts of a time or of a length of time. */
const COUNTING: Partial<Record<TypeName, string>> = { interval: 'toTimeUnit', timestamp: 'toUnixTime' }

/** Aggregations that answer in the unit of their values. */
const SAME_UNIT: ReadonlySet<string> = new Set(['avg', 'max', 'min', 'percentile', 'sum'])

/**
 * A diagnostic of a comparison of a field that counts time with a time or an interval, with the fix that
 * counts that in the same unit: `$m.duration > toTimeUnit(500ms, 'micro')`.
 */
export function fixCountedTime(
  diagnostic: Diagnostic,
  field: Expression,
  other: Expression,
  otherType: TypeName,
): Diagnostic {
  const unit = unitOf(field)
  const count = COUNTING[otherType]
  if (unit === undefined || count === undefined) return diagnostic
  const text = `${count}(${printExpression(other)}, '${unit}')`
  const hints = [`${printExpression(field)} counts ${unit}seconds: ${text}`]
  return withFix({ ...diagnostic, hints }, `use ${text}`, replaceText(other.range, text))
}

function unitOf(expression: Expression): FieldUnit | undefined {
  if (isCall(expression)) {
    const counted = operandsOf(expression).at(expression.name === 'percentile' ? 1 : 0)
    const isField = counted?.kind === 'Keypath' && SAME_UNIT.has(expression.name)
    return isField ? unitOf(counted) : undefined
  }
  if (expression.kind !== 'Keypath' || expression.namespace === null) return undefined
  const [first, second] = expression.segments
  return first?.kind === 'NameSegment' && second === undefined
    ? unitOfField(expression.namespace, first.name)
    : undefined
}
