import { analyse } from '#dataprime'
import { formatText } from './language'
import { judge, type Outcome, type Settings, warnOfErrors } from './subcommand'

/** Gives the query with one stage a line. */
export function formatQuery(text: string, { analysis }: Settings): Outcome {
  const { diagnostics } = analyse(text, analysis)
  const { valid, errors } = judge(text, diagnostics)
  const formatted = valid ? (formatText(text) ?? null) : null
  return {
    fields: { valid, errors, formatted, changed: formatted !== null && formatted !== text },
    ok: valid,
    show(terminal) {
      if (formatted === null) warnOfErrors(terminal, text, diagnostics)
      else terminal.print(formatted)
    },
  }
}
