export interface InterruptActions {
  /** The first interrupt: stop, and give the children time. */
  graceful(signal: NodeJS.Signals): void
  /** The second one: stop now. */
  immediate(signal: NodeJS.Signals): void
  now(): number
}

/**
 * One Ctrl-C reaches the process twice when npm runs it: from the terminal and, a moment later, from npm,
 * which passes it on. An interrupt that follows the first one this closely is therefore the same one.
 */
const SAME_INTERRUPT_MS = 300

/** Turns interrupts into one graceful stop, and an immediate one when the person insists. */
export function createInterruptHandler({ graceful, immediate, now }: InterruptActions) {
  let firstAt: number | undefined
  return (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = now()
      graceful(signal)
    } else if (now() - firstAt > SAME_INTERRUPT_MS) {
      immediate(signal)
    }
  }
}

/** Signals that ask the process to end: Ctrl-C, `kill`, and the terminal being closed. */
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Listens for interrupts of this process; call the answer to stop listening. */
export function listenForInterrupts(handle: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of INTERRUPTS) process.on(signal, handle)
  return () => {
    for (const signal of INTERRUPTS) process.off(signal, handle)
  }
}
