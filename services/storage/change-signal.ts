/** `refused`: as many wait as may. In all four cases the caller looks again. */
export type WaitOutcome = 'changed' | 'time-up' | 'aborted' | 'refused'

/** Wakes those who wait for a change of one thing, in this process. */
export interface ChangeSignal {
  /** Says that the thing with this id has changed, once its change is committed. */
  changed(id: string): void
  /** Resolves with the next change of `id`, when `timeoutMs` are over, or when `signal` aborts. */
  next(id: string, timeoutMs: number, signal: AbortSignal): Promise<WaitOutcome>
}

export function createChangeSignal({ waitsMax }: { readonly waitsMax: number }): ChangeSignal {
  const waiters = new Map<string, Set<(outcome: WaitOutcome) => void>>()
  let waiting = 0

  return {
    changed(id) {
      for (const wake of waiters.get(id) ?? []) wake('changed')
    },
    next(id, timeoutMs, signal) {
      if (signal.aborted) return Promise.resolve('aborted')
      if (timeoutMs <= 0) return Promise.resolve('time-up')
      if (waiting >= waitsMax) return Promise.resolve('refused')
      return new Promise((resolve) => {
        const ofId = waiters.get(id) ?? new Set()
        const wake = (outcome: WaitOutcome) => {
          clearTimeout(timer)
          signal.removeEventListener('abort', onAbort)
          ofId.delete(wake)
          if (ofId.size === 0) waiters.delete(id)
          waiting--
          resolve(outcome)
        }
        const onAbort = () => wake('aborted')
        const timer = setTimeout(wake, timeoutMs, 'time-up')
        signal.addEventListener('abort', onAbort, { once: true })
        waiters.set(id, ofId.add(wake))
        waiting++
      })
    },
  }
}
