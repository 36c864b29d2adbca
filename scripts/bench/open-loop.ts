import { setTimeout as wait } from 'node:timers/promises'

export interface OpenLoopOptions {
  /** Requests begun a second, whether or not earlier ones have been answered. */
  readonly ratePerSecond: number
  readonly durationMs: number
  /** One request; what it throws is counted as a failure. */
  send(): Promise<void>
}

export interface OpenLoopResult {
  readonly sent: number
  readonly failed: number
  /** Milliseconds from the moment a request was due to its answer, sorted. */
  readonly latenciesMs: readonly number[]
}

/**
 * Sends at a fixed rate and measures from the time each request was due, so that a slow answer delays no later
 * request and none of the waiting is left out (coordinated omission).
 */
export async function runOpenLoop({
  ratePerSecond,
  durationMs,
  send,
}: OpenLoopOptions): Promise<OpenLoopResult> {
  const intervalMs = 1_000 / ratePerSecond
  const count = Math.round(durationMs / intervalMs)
  const latenciesMs: number[] = []
  let failed = 0
  const startedAt = performance.now()
  const pending: Promise<void>[] = []
  for (let index = 0; index < count; index++) {
    const dueAt = startedAt + index * intervalMs
    const aheadMs = dueAt - performance.now()
    if (aheadMs > 1) await wait(aheadMs)
    pending.push(
      send().then(
        () => void latenciesMs.push(performance.now() - dueAt),
        () => void failed++,
      ),
    )
  }
  await Promise.all(pending)
  return { sent: count, failed, latenciesMs: latenciesMs.sort((one, other) => one - other) }
}

/** The value below which `fraction` of the sorted values lie; NaN without any. */
export function percentile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN
}
