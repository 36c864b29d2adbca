import type { Answer } from '#shared/contracts'
import { printRow } from '../cli/rows'
import type { Terminal } from '../cli/terminal'
import type { InspectorClient } from './inspector-client'
import { servicesOf, waitForTrace } from './wait-for-trace'

export interface ShownTrace {
  readonly answer: Pick<Answer, 'trace_id' | 'services_called' | 'message_id'>
  /** Null when traces go elsewhere. */
  readonly inspector: InspectorClient | null
  /** Where traces go, in words. */
  readonly traces: readonly string[]
  /** How long to wait for the whole trace. */
  readonly waitMs: number
}

/** Prints the waterfall of an answer's trace, or where else it can be looked at. */
export async function printTrace(shown: ShownTrace, terminal: Terminal): Promise<void> {
  const { answer, inspector, traces, waitMs } = shown
  if (answer.trace_id === null) {
    printRow(terminal, 'trace', 'none: the mesh runs without telemetry')
    return
  }
  const trace = inspector === null ? null : await waitForTrace(inspector, answer, waitMs)
  const waterfall = trace === null ? null : await inspector?.waterfall(answer.trace_id, terminal)
  if (trace === null || waterfall == null) {
    printRow(terminal, 'traces are in', ...traces, ...(await explainAbsence(inspector)))
    return
  }
  terminal.print(waterfall.trimEnd())
  const missing = servicesOf(answer).filter((name) => !trace.services.includes(name))
  if (missing.length > 0) {
    const text = `Not all of it has arrived: nothing yet from ${missing.join(', ')}.`
    terminal.print(terminal.style('yellow', text))
  }
}

async function explainAbsence(inspector: InspectorClient | null): Promise<string[]> {
  if (inspector === null) return []
  const isThere = await inspector.isThere()
  return [isThere ? '(nothing of this one has arrived yet)' : `(no inspector answers at ${inspector.url})`]
}
