export interface RestartLimits {
  /** Delay before the first restart. */
  readonly firstMs: number
  /** Longest delay. */
  readonly maxMs: number
  /** A child that was ready for this long starts counting from the first restart again. */
  readonly resetAfterMs: number
}

export const RESTART_LIMITS: RestartLimits = { firstMs: 1_000, maxMs: 30_000, resetAfterMs: 60_000 }

/** How long to wait before restart number `restart` (1 is the first): doubled each time, up to `maxMs`. */
export function restartDelayMs(restart: number, limits: RestartLimits = RESTART_LIMITS): number {
  return Math.min(limits.maxMs, limits.firstMs * 2 ** (restart - 1))
}
