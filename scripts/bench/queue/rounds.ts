/** How often a second, of one kind of work for about `durationMs`. */
export type MeasureRate = (durationMs: number) => Promise<number>

const WARM_UP_ROUNDS = 2
const ROUNDS = 3

/**
 * Measures kinds of work in turns, each for `durationMs` in all, and takes the middle of each: a machine that others
 * use too is now slower, now faster, and all are to have their share of that.
 */
export async function measureInTurns<Name extends string>(
  durationMs: number,
  kinds: Readonly<Record<Name, MeasureRate>>,
): Promise<Record<Name, number>> {
  const partMs = durationMs / ROUNDS
  const entries = Object.entries<MeasureRate>(kinds)
  const rates = new Map<string, number[]>(entries.map(([name]) => [name, []]))
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const [name, measure] of entries) {
      const rate = await measure(partMs)
      if (round >= WARM_UP_ROUNDS) rates.get(name)?.push(rate)
    }
  }
  return Object.fromEntries([...rates].map(([name, values]) => [name, middleOf(values)])) as Record<
    Name,
    number
  >
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
