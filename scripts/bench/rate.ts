/** Work between two looks at the clock takes at least this long, so that looking costs nothing. */
const CLOCK_MS = 2

/** How often a second some work can be done, measured for `durationMs` after warming up for half as long. */
export function ratePerSecond(durationMs: number, work: () => unknown): number {
  const times = repeatsWorth(CLOCK_MS, work)
  const run = (untilMs: number) => {
    const startedAt = performance.now()
    let count = 0
    let tookMs = 0
    do {
      for (let index = 0; index < times; index++) work()
      count += times
      tookMs = performance.now() - startedAt
    } while (tookMs < untilMs)
    return count / (tookMs / 1_000)
  }
  run(durationMs / 2)
  return run(durationMs)
}

/** How many repeats of some work take at least `leastMs`. */
function repeatsWorth(leastMs: number, work: () => unknown): number {
  for (let times = 1; ; times *= 2) {
    const startedAt = performance.now()
    for (let index = 0; index < times; index++) work()
    if (performance.now() - startedAt >= leastMs) return times
  }
}
