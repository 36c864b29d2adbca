import type { Clock } from './clock'

/** Tells whether a child can do its work; it must not reject. */
export type ReadinessProbe = (signal: AbortSignal) => Promise<boolean>

/**
 * Probes until the child is ready: often, because a person waits for it, and one probe at a time.
 *
 * @returns false when `signal` was aborted before the child was ready
 */
export async function waitUntilReady(
  isReady: ReadinessProbe,
  { signal, clock, intervalMs = 75 }: { signal: AbortSignal; clock: Clock; intervalMs?: number },
): Promise<boolean> {
  while (!signal.aborted) {
    const ready = await isReady(signal)
    if (ready && !signal.aborted) return true
    await clock.sleep(intervalMs, signal)
  }
  return false
}
