import type { Clock } from '../clock'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z')
  #elapsed = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#elapsed
  }

  schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback)
      return () => clearImmediate(immediate)
    }
    const timer = { at: this.#elapsed + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Calls that are still to come, those that are due at once left out. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets time pass: both clocks move, and what is due on the way is called in order. */
  advance(milliseconds: number): void {
    const end = this.#elapsed + milliseconds
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#timers.delete(next)
      this.#moveTo(Math.max(next.at, this.#elapsed))
      next.callback()
    }
    this.#moveTo(end)
  }

  /** Sets the wall clock, as an operator or a time server does. No time passes. */
  jump(milliseconds: number): void {
    this.#now += milliseconds
  }

  #nextUntil(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
  }

  #moveTo(elapsed: number): void {
    this.#now += elapsed - this.#elapsed
    this.#elapsed = elapsed
  }
}
