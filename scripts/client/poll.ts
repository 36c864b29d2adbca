import { type Clock, systemClock } from '../supervisor/clock'

export interface PollOptions {
  readonly timeoutMs: number
  readonly intervalMs?: number
  readonly clock?: Clock
}

/** Looks until what it sees is enough or the time is up, and answers what it saw last. */
export async function pollUntil<Seen>(
  look: () => Promise<Seen>,
  isEnough: (seen: Seen) => boolean,
  { timeoutMs, intervalMs = 50, clock = systemClock }: PollOptions,
): Promise<Seen> {
  const deadline = clock.now() + timeoutMs
  for (;;) {
    const seen = await look()
    if (isEnough(seen) || clock.now() >= deadline) return seen
    await clock.sleep(intervalMs)
  }
}
