import { setTimeout as delay } from 'node:timers/promises'

/** Time as the supervisor sees it; tests pass one that they move by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment, never going back. */
  now(): number
  /** Resolves after `ms`, or at once when `signal` is aborted; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
}
