import type { Environment } from '#shared/config'
import { createTerminal, type Terminal } from '../terminal'

/** A terminal that keeps what is printed. */
export function recordingTerminal(environment: Environment = {}) {
  const printed: string[] = []
  const warned: string[] = []
  const terminal: Terminal = createTerminal({
    isInteractive: false,
    columns: 100,
    environment,
    print: (text) => printed.push(text),
    warn: (text) => warned.push(text),
  })
  return {
    terminal,
    output: () => printed.join('\n'),
    warnings: () => warned.join('\n'),
  }
}
