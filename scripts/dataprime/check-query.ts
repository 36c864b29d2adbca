import { analyse, createSource, formatText, renderDiagnostics, toDiagnosticData } from '#dataprime'
import { judge, type Outcome, type Settings } from './subcommand'

/** Says everything that is wrong or doubtful. */
export function checkQuery(text: string, { analysis }: Settings): Outcome {
  const { diagnostics } = analyse(text, analysis)
  const { valid, errors, warnings } = judge(text, diagnostics)
  const source = createSource(text)
  return {
    fields: {
      valid,
      errors,
      warnings,
      diagnostics: diagnostics.map((diagnostic) => toDiagnosticData(diagnostic, source)),
      formatted: formatText(text),
    },
    ok: valid,
    show(terminal) {
      if (diagnostics.length > 0) terminal.print(`${renderDiagnostics(diagnostics, text)}\n`)
      terminal.print(summarise(errors.length, warnings.length))
    },
  }
}

function summarise(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'valid'
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
