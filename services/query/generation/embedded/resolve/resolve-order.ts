import { fieldOf } from '../conditions/field-of'
import type { DraftOrder, PlacedCondition, PlacedMeasure, Reading } from '../draft'
import type { GroupKey, Order, SortDirection } from '../intermediate'
import { type Field, isNumeric } from '../link/field'

/** The field records are ranked by when nothing is measured: the one the order names, or the one compared. */
export function rankField(reading: Reading, conditions: readonly PlacedCondition[]): Field | null {
  const { order, measures, subject, groupKeys } = reading.draft
  if (order?.by !== 'rank' || measures.length > 0 || subject !== null || groupKeys.length > 0) return null
  if (order.field !== null) return order.field
  return (
    conditions
      .map(({ condition }) => fieldOf(condition))
      .find((field) => field !== null && isNumeric(field) && field.unit !== null) ?? null
  )
}

/** The order in terms of what the result holds; null when it names nothing there. */
export function orderOf(
  reading: Reading,
  measures: readonly PlacedMeasure[],
  keys: readonly GroupKey[],
  conditions: readonly PlacedCondition[],
): Order | null {
  const { order } = reading.draft
  if (order === null) return null
  if (order.by === 'key') return keyOrder(keys, order.direction)
  if (measures.length > 0) return groupedOrder(order, measures, keys)
  if (order.by === 'timestamp') return order
  const field = rankField(reading, conditions)
  if (order.by === 'rank' && field !== null) return { by: 'field', field, direction: order.direction }
  return order.by === 'field' ? order : null
}

/** By the first field that groups. */
function keyOrder(keys: readonly GroupKey[], direction: SortDirection): Order | null {
  const key = keys.find(({ kind }) => kind === 'field')
  return key?.kind === 'field' ? { by: 'field', field: key.field, direction } : null
}

function groupedOrder(
  order: DraftOrder,
  measures: readonly PlacedMeasure[],
  keys: readonly GroupKey[],
): Order | null {
  if (order.by === 'timestamp')
    return keys.some(({ kind }) => kind === 'bucket') ? { by: 'bucket', direction: order.direction } : null
  if (order.by === 'placed')
    return {
      by: 'measure',
      measure: Math.max(0, measures.indexOf(order.measure)),
      direction: order.direction,
    }
  if (order.by === 'rank' && order.field !== null) {
    const { field } = order
    const isKey = keys.some((key) => key.kind === 'field' && key.field === field)
    if (isKey) return { by: 'field', field, direction: order.direction }
    const at = measures.findIndex(({ measure }) => 'field' in measure && measure.field === field)
    return { by: 'measure', measure: Math.max(0, at), direction: order.direction }
  }
  return { by: 'measure', measure: 0, direction: order.direction }
}
