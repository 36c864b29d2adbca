import { convertUnit, type Unit } from '../units'
import type { Magnitude } from './comparators'

/** The number in the field's own unit; as it stands when either of them has none. */
export function inUnit(magnitude: Magnitude, unit: Unit | null): number {
  if (magnitude.unit === null || unit === null || magnitude.unit.dimension !== unit.dimension)
    return magnitude.value
  return convertUnit(magnitude.value, magnitude.unit, unit)
}
