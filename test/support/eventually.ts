import { setTimeout as wait } from 'node:timers/promises'

const INTERVAL_MS = 25
/** Only ends a wait that is in vain: so long that no machine is slow enough to be one. */
const TIMEOUT_MS = 60_000

/**
 * Asks again until the answer is neither undefined nor false, and gives it back.
 *
 * @throws Error naming what was waited for when it does not come within `timeoutMs`
 */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined | false> | Result | undefined | false,
  timeoutMs = TIMEOUT_MS,
  intervalMs = INTERVAL_MS,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs
  let lastError: unknown
  // The last look begins after the deadline: a process that stood still meanwhile has not looked in vain.
  for (let isLast = false; !isLast; ) {
    isLast = performance.now() >= deadline
    try {
      const result = await probe()
      if (result !== undefined && result !== false) return result as Result
    } catch (error) {
      lastError = error
    }
    await wait(intervalMs)
  }
  throw new Error(`did not happen within ${timeoutMs} ms: ${what}`, { cause: lastError })
}
