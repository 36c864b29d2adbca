import type { Terminal } from './terminal'

const TITLE_WIDTH = 13

/** Prints a title and what belongs to it, the further lines below the first; without a line nothing. */
export function printRow(terminal: Terminal, title: string, ...lines: readonly string[]): void {
  for (const [index, line] of lines.entries()) {
    const label = (index === 0 ? title : '').padEnd(TITLE_WIDTH)
    terminal.print(`${terminal.style('dim', label)}  ${line}`)
  }
}

/** Prints names and values in two columns, as wide as the longest name. */
export function printTable(terminal: Terminal, rows: readonly (readonly [string, string | number])[]): void {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  for (const [name, value] of rows) terminal.print(`${terminal.style('dim', name.padEnd(width))}  ${value}`)
}

/** Prints rows of cells below their titles; the first column is left-aligned, the others are numbers. */
export function printColumns(
  terminal: Terminal,
  titles: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const lines = [titles, ...rows].map((row) => row.map(String))
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const [head = '', ...body] = lines.map((line) => line.map(align).join('  '))
  terminal.print(terminal.style('dim', head))
  for (const line of body) terminal.print(line)
}
