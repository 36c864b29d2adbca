/** How often a second, of one kind of work for about `durationMs`. */
export type MeasureRate = (durationMs: number) => Promise<number>

const ROUNDS = 3

/**
 * Measures work and its ceiling in turns, and takes the middle of each: a machine that others use too is now slower,
 * now faster, and both are to have their share of that.
 */
export async function measureInTurns(
  durationMs: number,
  work: MeasureRate,
  ceiling: MeasureRate,
): Promise<{ readonly rate: number; readonly ceiling: number; readonly ratio: number }> {
  const rates: number[] = []
  const ceilings: number[] = []
  const partMs = durationMs / (2 * (ROUNDS + 1))
  // The first turn only warms up.
  await ceiling(partMs)
  await work(partMs)
  for (let round = 0; round < ROUNDS; round++) {
    ceilings.push(await ceiling(partMs))
    rates.push(await work(partMs))
  }
  const [rate, most] = [middleOf(rates), middleOf(ceilings)]
  return { rate, ceiling: most, ratio: rate / most }
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Calls `send` again and again, `inFlight` at a time, for `durationMs`; how many a second were done. */
export async function rateOf(
  send: () => Promise<unknown>,
  { inFlight, durationMs }: { readonly inFlight: number; readonly durationMs: number },
): Promise<number> {
  const startedAt = performance.now()
  let done = 0
  const sendUntilTimeIsUp = async () => {
    while (performance.now() - startedAt < durationMs) {
      await send()
      done++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sendUntilTimeIsUp))
  return done / ((performance.now() - startedAt) / 1_000)
}
