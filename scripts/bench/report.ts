/** One line of the benchmark's table. */
export interface Measurement {
  readonly what: string
  readonly measured: string
  /** What the design asks for. */
  readonly figure: string
  /** The machine's own limit for the same kind of work, measured in the same run; '' where there is none. */
  readonly ceiling: string
}

export function renderTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ what, measured, figure, ceiling }) => [what, measured, figure, ceiling])
  const table = [['what', 'measured', 'to reach', 'ceiling of this machine'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const lines = table.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  const [head, ...body] = lines
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n')
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`
}
