import type { PlacedMeasure } from '../draft'
import type { Measure, NamedUnit } from '../intermediate'
import { convertUnit } from '../units'

/** The same measures, those that the unit fits shown in it. */
export function showInUnit(measures: readonly PlacedMeasure[], shownIn: NamedUnit | null): PlacedMeasure[] {
  return measures.map((placed) => {
    const { measure } = placed
    if (shownIn === null || (measure.kind !== 'statistic' && measure.kind !== 'percentile')) return placed
    const { unit } = measure.field
    const fits =
      unit !== null && unit.dimension === shownIn.unit.dimension && unit.factor !== shownIn.unit.factor
    return fits ? { ...placed, measure: { ...measure, shownIn } } : placed
  })
}

/** A number in the unit of a measure's field, in the unit in which the measure is shown. */
export function asShown(value: number, measure: Measure): number {
  if (!('shownIn' in measure) || measure.shownIn === undefined || measure.field.unit === null) return value
  return convertUnit(value, measure.field.unit, measure.shownIn.unit)
}
