/**
 * Time as the message bus sees it. Stamps that people read come from `now`; leases, delays and everything else
 * that must not jump come from `elapsed`. A wall clock set an hour ahead therefore ends no lease.
 */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. May jump. */
  now(): number
  /** Milliseconds since some moment in the past. Never goes back, never jumps. */
  elapsed(): number
  /** Calls back once, `delayMs` later; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** The longest delay that `setTimeout` takes; above it, it would fire at once. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs), TIMEOUT_MAX_MS))
    return () => clearTimeout(timer)
  },
}
