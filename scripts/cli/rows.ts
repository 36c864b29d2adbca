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
