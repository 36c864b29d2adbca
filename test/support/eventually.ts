import { setTimeout as wait } from 'node:timers/promises'

const INTERVAL_MS = 25

/**
 * Asks again until the answer is neither undefined nor false, and gives it back.
 *
 * @throws Error naming what was waited for when it does not come within `timeoutMs`
 */
export async function eventually<Result>(
  what: string,
  probe: () => Promise<Result | undefined | false> | Result | undefined | false,
  timeoutMs = 15_000,
  intervalMs = INTERVAL_MS,
): Promise<Result> {
  const deadline = Date.now() + timeoutMs
  let lastError: unknown
  while (Date.now() < deadline) {
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
