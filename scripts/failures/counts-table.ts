/** What one scenario came to, as its test printed it. */
export interface ScenarioCounts {
  readonly scenario: string
  readonly driver: string
  readonly counts: Readonly<Record<string, number>>
}

const LINE = /\bcounts \| ([^|]+) \| ([^|]+) \| (.+)$/
const CELL = /^(.+) ([\d.-]+)$/

/** The counts in a line of what the tests print; undefined for any other line. */
export function parseCountsLine(line: string): ScenarioCounts | undefined {
  const [, scenario, driver, cells] = LINE.exec(line.trimEnd()) ?? []
  if (scenario === undefined || driver === undefined || cells === undefined) return undefined
  const counts = cells.split(' | ').map((cell): [string, number] => {
    const [, title = cell, number] = CELL.exec(cell) ?? []
    return [title, Number(number)]
  })
  return { scenario, driver, counts: Object.fromEntries(counts) }
}

/** A Markdown table, its columns aligned for people who read it as text. */
export function renderCounts(scenarios: readonly ScenarioCounts[]): string {
  const titles = Object.keys(scenarios[0]?.counts ?? {})
  const rows = scenarios.map(({ scenario, driver, counts }) => [
    scenario,
    driver,
    ...titles.map((title) => String(counts[title] ?? '')),
  ])
  const table = [['scenario', 'driver', ...titles], ...rows]
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  const isNumber = (column: number) => column > 1
  const toLine = (row: readonly string[]) => {
    const cells = row.map((cell, column) =>
      isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    )
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((width, column) => '-'.repeat(width + 1) + (isNumber(column) ? ':' : '-'))
  const [head = [], ...body] = table
  return [toLine(head), `|${rule.join('|')}|`, ...body.map(toLine)].join('\n')
}
