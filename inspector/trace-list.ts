import { formatDuration } from './format-duration'
import { toPrintable } from './styled-text'
import type { TraceSummary } from './trace-summary'

const HEADINGS = ['STARTED (UTC)', 'DURATION', 'SPANS', 'SERVICES', 'ERRORS', 'TRACE', 'ROOT'] as const
const ALIGNED_RIGHT: readonly string[] = ['DURATION', 'SPANS', 'SERVICES', 'ERRORS']
const NS_PER_MS = 1e6

/** Summaries as a plain-text table, one trace a line. Ends with a line feed. */
export function renderTraceList(summaries: readonly TraceSummary[]): string {
  const rows = [[...HEADINGS], ...summaries.map(toCells)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, column, widths))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function toCells(summary: TraceSummary): string[] {
  return [
    summary.started_at?.replace('T', ' ').replace('Z', '') ?? '?',
    formatDuration(summary.duration_ms * NS_PER_MS),
    String(summary.span_count),
    String(summary.services.length),
    summary.error_count === 0 ? '' : `✗ ${summary.error_count}`,
    summary.trace_id,
    rootCell(summary),
  ]
}

function rootCell({ root_name, complete }: TraceSummary): string {
  if (root_name === null) return '(root span not received)'
  return `${toPrintable(root_name)}${complete ? '' : ' (incomplete)'}`
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0
  return ALIGNED_RIGHT.includes(HEADINGS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
}
