import { setTimeout } from 'node:timers/promises'

/** Only ends a wait that is in vain: so long that no machine is slow enough to be one. */
const TIMEOUT_MS = 60_000
const LOOK_EVERY_MS = 2

/** Resolves when `condition` holds; rejects with `what` when it does not for `timeoutMs`, a minute. */
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
