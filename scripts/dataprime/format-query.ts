import { analyse, formatText } from '#dataprime'
import { judge, type Outcome, type Settings, warnOfErrors } from './subcommand'

/** Gives the query with one stage a line, whatever else is wrong with it as long as it can be read. */
export function formatQuery(text: string, { analysis }: Settings): Outcome {
  const { diagnostics } = analyse(text, analysis)
  const { valid, errors } = judge(text, diagnostics)
  const formatted = formatText(text)
  return {
    fields: { valid, errors, formatted, changed: formatted !== null && formatted !== text },
    ok: valid,
    show(terminal) {
      if (formatted !== null) terminal.print(formatted)
      warnOfErrors(terminal, text, diagnostics)
    },
  }
}
