import type { Clock } from '../clock'

interface Sleeper {
  readonly wakeAt: number
  wake(): void
}

/** A clock that stands still until it is told to advance. */
export class ManualClock implements Clock {
  #now = 0
  readonly #sleepers = new Set<Sleeper>()

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        wakeAt: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  /** Milliseconds until the next sleeper wakes; undefined when nobody sleeps. */
  get nextWakeMs(): number | undefined {
    if (this.#sleepers.size === 0) return undefined
    return Math.min(...[...this.#sleepers].map((sleeper) => sleeper.wakeAt)) - this.#now
  }

  advance(ms: number): void {
    this.#now += ms
    for (const sleeper of [...this.#sleepers]) if (sleeper.wakeAt <= this.#now) sleeper.wake()
  }
}
