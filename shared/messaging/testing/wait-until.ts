import { setTimeout } from 'node:timers/promises'

const TIMEOUT_MS = 10_000
const LOOK_EVERY_MS = 2

/** Resolves when `condition` holds; rejects with `what` when it does not for `timeoutMs`, ten seconds. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`)
    await setTimeout(LOOK_EVERY_MS)
  }
}
