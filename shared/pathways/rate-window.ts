const WINDOW_SECONDS = 60

/** How much came in over the last minute, counted by the second. */
export class RateWindow {
  readonly #startedAtMs: number
  readonly #amounts = new Float64Array(WINDOW_SECONDS)
  #second: number

  /** @param nowMs of a clock that never goes back, here and below */
  constructor(nowMs: number) {
    this.#startedAtMs = nowMs
    this.#second = secondOf(nowMs)
  }

  add(amount: number, nowMs: number): void {
    this.#forgetUntil(secondOf(nowMs))
    const index = this.#second % WINDOW_SECONDS
    this.#amounts[index] = (this.#amounts[index] ?? 0) + amount
  }

  /** Of the last minute, or of the time since the start while that is shorter, but of one second at least. */
  perSecond(nowMs: number): number {
    this.#forgetUntil(secondOf(nowMs))
    const seconds = Math.min(WINDOW_SECONDS, Math.max(1, (nowMs - this.#startedAtMs) / 1_000))
    return this.#amounts.reduce((sum, amount) => sum + amount, 0) / seconds
  }

  #forgetUntil(second: number): void {
    const passed = Math.min(second - this.#second, WINDOW_SECONDS)
    for (let step = 1; step <= passed; step++) this.#amounts[(this.#second + step) % WINDOW_SECONDS] = 0
    this.#second = Math.max(this.#second, second)
  }
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1_000)
}
