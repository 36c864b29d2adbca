/** DP0460 to DP0479: accepted, but read otherwise than it looks. */
import { defineDiagnostic } from '../diagnostic'
import { shorten } from './wording'

export const timestampNull = defineDiagnostic(
  'DP0460',
  'warning',
  'A timestamp literal of another form than those that are documented, which is null.',
  (found: string, hint: string | undefined) => ({
    message: `@${found} is no timestamp, so it is null`,
    hints: [hint ?? "@'2025-03-01', @'2025-03-01T08:15:00Z', @'now' - 1h, @1740816000"],
  }),
)

export const fieldInTimeframe = defineDiagnostic(
  'DP0461',
  'warning',
  'A field in the time range of a source, where no row has been read yet.',
  (keypath: string, suggestion: string | undefined) => ({
    message: `${shorten(keypath)} is a field, and no row has been read yet`,
    hints: [suggestion === undefined ? 'parameters are there: $p.timeRange.startTime' : `use ${suggestion}`],
  }),
)
