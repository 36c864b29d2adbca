import type { Terminal } from '../cli/terminal'
import { toCurl } from '../client/to-curl'
import { toSeconds } from './describe-event'

/** What there is to know once the mesh is ready. */
export interface ReadySummary {
  readonly ready: true
  readonly pid: number
  readonly start_ms: number
  readonly members: readonly { readonly name: string; readonly url: string }[]
  /** Null when the gateway is not among them. */
  readonly gateway_url: string | null
  readonly inspector_url: string | null
  /** Where traces go, in words. */
  readonly traces: readonly string[]
  readonly log: string | null
}

export const EXAMPLE_QUESTION = 'Show me errors from the last hour grouped by service'

export function printReadySummary(summary: ReadySummary, terminal: Terminal): void {
  const title = (text: string) => terminal.style('bold', text.padEnd(12))
  const row = (name: string, value: string) => terminal.print(`  ${title(name)}${value}`)
  terminal.print()
  terminal.print(terminal.style(['bold', 'green'], `The mesh is ready after ${toSeconds(summary.start_ms)}.`))
  for (const { name, url } of summary.members) row(name, url)
  terminal.print()
  if (summary.gateway_url !== null) {
    row('ask', toCurl(`${summary.gateway_url}/api/generate-query`, { user_input: EXAMPLE_QUESTION }))
    row('', `npm run ask -- "${EXAMPLE_QUESTION}"`)
  }
  for (const [index, line] of summary.traces.entries()) row(index === 0 ? 'traces' : '', line)
  if (summary.log !== null) row('log', summary.log)
  row('stop', summary.log === null ? 'Ctrl-C, or ./scripts/stop.sh' : './scripts/stop.sh')
  terminal.print()
}
