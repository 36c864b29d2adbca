import { UsageError } from '../cli/command-error'
import { toWholeNumber } from '../cli/options'
import type { Place } from './subcommand'

interface PlaceOptions {
  readonly offset: string | undefined
  readonly line: string | undefined
  readonly column: string | undefined
}

/** The place that the options name, or undefined when they name none. */
export function toPlace({ offset, line, column }: PlaceOptions): Place | undefined {
  if (offset !== undefined) {
    if (line !== undefined || column !== undefined) {
      throw new UsageError('--offset and --line with --column are two ways to say the same: give one of them')
    }
    return { offset: toWholeNumber('offset', offset) }
  }
  if (line === undefined && column === undefined) return undefined
  if (line === undefined || column === undefined) throw new UsageError('--line and --column go together')
  return { line: toWholeNumber('line', line, 1), column: toWholeNumber('column', column, 1) }
}

/** The place that a line of NDJSON names for itself with an `offset`, or with `line` and `column`. */
export function readPlace({ offset, line, column }: Readonly<Record<string, unknown>>): Place | undefined {
  if (isCount(offset)) return { offset }
  return isCount(line) && isCount(column) ? { line, column } : undefined
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
