import type { Answer, Insights, RequestStatus, Validation } from '#shared/contracts'
import { printRow } from '../cli/rows'
import type { Terminal } from '../cli/terminal'

/** Prints an answer for people: the query, or why there is none, and what stands behind it. */
export function printAnswer(answer: Answer, terminal: Terminal): void {
  const row = (title: string, ...lines: string[]) => printRow(terminal, title, ...lines)
  if (answer.query === null) {
    const title = answer.outcome === 'clarify' ? 'One question first' : 'No query'
    terminal.print(`${terminal.style(['bold', 'yellow'], title)}: ${answer.explanation}`)
    terminal.print()
  } else {
    terminal.print(terminal.style('bold', answer.validation?.formatted ?? answer.query))
    terminal.print()
    row('understood', answer.explanation)
  }
  row('intent', `${answer.intent} (${toPercent(answer.intent_confidence)})`)
  row('assumed', ...answer.assumptions)
  if (answer.validation !== null) printValidation(answer.validation, terminal)
  row('warning', ...answer.warnings.map((warning) => terminal.style('yellow', warning)))
  row('engine', describeEngine(answer))
  row('services', answer.services_called.join(', '))
  row('took', `${answer.processing_time_ms} ms`)
  row('request', answer.request_id)
  if (answer.trace_id !== null) row('trace', answer.trace_id)
}

function printValidation(validation: Validation, terminal: Terminal): void {
  const { is_valid, syntax_score, complexity_score, errors, warnings, suggestions } = validation
  const verdict = is_valid ? terminal.style('green', 'valid') : terminal.style('red', 'not valid')
  const scores = `syntax ${toPercent(syntax_score)}, complexity ${toPercent(complexity_score)}`
  const findings = [
    ...errors.map((error) => terminal.style('red', `error: ${error}`)),
    ...warnings.map((warning) => terminal.style('yellow', `warning: ${warning}`)),
    ...suggestions.map(({ message }) => `suggestion: ${message}`),
  ]
  printRow(terminal, 'validation', `${verdict}, ${scores}`, ...findings)
}

function describeEngine({ engine, model, usage, attempts }: Answer): string {
  const parts = [
    model === undefined ? engine : `${engine} (${model})`,
    ...(attempts > 1 ? [countOf(attempts, 'attempt')] : []),
    ...(usage === undefined ? [] : [countOf(usage.total_tokens, 'token')]),
  ]
  return parts.join(', ')
}

/** Prints how the background work of an answer stands; null when there is none. */
export function printBackground(status: RequestStatus | null, terminal: Terminal): void {
  printRow(terminal, 'background', describeBackground(status, terminal))
  if (status?.insights != null) printInsights(status.insights, terminal)
}

function describeBackground(status: RequestStatus | null, terminal: Terminal): string {
  if (status === null) return 'none: the queue could not take it'
  switch (status.status) {
    case 'processed': {
      const attempts = status.attempts === 1 ? '' : ` at attempt ${status.attempts}`
      return `${terminal.style('green', 'processed and stored')}${attempts}`
    }
    case 'failed':
      return terminal.style('red', `failed: ${status.reason ?? 'no reason given'}`)
    default:
      return terminal.style('yellow', `still ${status.status}`)
  }
}

function printInsights({ complexity, insights }: Insights, terminal: Terminal): void {
  if (complexity !== null) {
    const { level, stage_count, operator_count } = complexity
    printRow(
      terminal,
      'complexity',
      `${level}: ${countOf(stage_count, 'stage')}, ${countOf(operator_count, 'operator')}`,
    )
  }
  printRow(terminal, 'insights', ...insights.map(({ level, message }) => `${level}: ${message}`))
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function toPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
