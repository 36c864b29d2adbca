import type { Terminal } from '../cli/terminal'
import { type Input, readText } from './inputs'
import type { Outcome, Settings, Subcommand } from './subcommand'

export interface Run {
  readonly subcommand: Subcommand
  readonly settings: Settings
  readonly inputs: readonly Input[]
  readonly terminal: Terminal
}

/** Takes each input as one query and shows what became of it. Returns whether all went well. */
export async function runTexts({ subcommand, settings, inputs, terminal }: Run): Promise<boolean> {
  let ok = true
  for (const input of inputs) {
    const outcome = subcommand(await readText(input), settings)
    if (inputs.length > 1) terminal.print(`==> ${input.file ?? 'standard input'} <==`)
    outcome.show(terminal)
    ok &&= outcome.ok
  }
  return ok
}

/** The same as one JSON document: an object, or an array of them for several inputs. */
export async function runTextsAsJson({ subcommand, settings, inputs, terminal }: Run): Promise<boolean> {
  const outcomes: Outcome[] = []
  const results: unknown[] = []
  for (const input of inputs) {
    const outcome = subcommand(await readText(input), settings)
    outcomes.push(outcome)
    results.push({ ...(input.file !== undefined && { file: input.file }), ...outcome.fields })
  }
  terminal.print(JSON.stringify(results.length === 1 ? results[0] : results, null, 2))
  return outcomes.every(({ ok }) => ok)
}
