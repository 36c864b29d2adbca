import { analyse, explainStages } from '#dataprime'
import { judge, type Outcome, type Settings, warnOfErrors } from './subcommand'

/** Tells in plain English what each stage does. */
export function explainQuery(text: string, { analysis }: Settings): Outcome {
  const { query, diagnostics } = analyse(text, analysis)
  const { valid, errors } = judge(text, diagnostics)
  const explanation = valid ? explainStages(query) : null
  return {
    fields: { valid, errors, explanation },
    ok: valid,
    show(terminal) {
      if (explanation === null) warnOfErrors(terminal, text, diagnostics)
      for (const sentence of explanation ?? []) terminal.print(sentence)
    },
  }
}
