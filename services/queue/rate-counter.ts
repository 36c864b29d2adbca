/** Seconds that `perSecond` looks back. */
const WINDOW_SECONDS = 60

/** One more than the window, for the second that has only begun. */
const BUCKETS = WINDOW_SECONDS + 1

/**
 * Counts something and tells how often it happened a second over the last minute. Takes the same room however
 * much it counts. Time is monotonic, in milliseconds since the start of what is counted.
 */
export class RateCounter {
  readonly #buckets = new Float64Array(BUCKETS)
  #second = 0
  #total = 0

  get total(): number {
    return this.#total
  }

  add(count: number, atMs: number): void {
    this.#moveTo(atMs)
    this.#total += count
    const bucket = this.#second % BUCKETS
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + count
  }

  /** Over the time since the start, as long as that is shorter than a minute. */
  perSecond(atMs: number): number {
    this.#moveTo(atMs)
    const sum = this.#buckets.reduce((counted, bucket) => counted + bucket, 0)
    const seconds = Math.min(atMs / 1_000, WINDOW_SECONDS + (atMs / 1_000 - this.#second))
    return sum / Math.max(1, seconds)
  }

  #moveTo(atMs: number): void {
    const second = Math.floor(atMs / 1_000)
    if (second - this.#second >= BUCKETS) this.#buckets.fill(0)
    else for (let next = this.#second + 1; next <= second; next++) this.#buckets[next % BUCKETS] = 0
    this.#second = Math.max(this.#second, second)
  }
}
