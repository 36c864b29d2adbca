import { setTimeout as delay } from 'node:timers/promises'

/** Waits for a condition, looking often; fails after a minute, which no machine is slow enough to need. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not true after ${timeoutMs} ms: ${condition}`)
    await delay(10)
  }
}
