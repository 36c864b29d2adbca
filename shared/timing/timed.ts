export interface Timed<Result> {
  readonly result: Result
  /** When it was over, as an ISO timestamp. */
  readonly endedAt: string
  readonly durationMs: number
}

/** Does `work` and tells how long it took, in milliseconds with three decimals. */
export async function timed<Result>(work: () => Promise<Result>): Promise<Timed<Result>> {
  const startedAt = performance.now()
  const result = await work()
  const durationMs = Math.round((performance.now() - startedAt) * 1_000) / 1_000
  return { result, endedAt: new Date().toISOString(), durationMs }
}
