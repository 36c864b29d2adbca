import type { Clock } from '../../clock'

/** One timer, set to the earliest time that anybody has asked for. */
export class Alarm {
  readonly #clock: Clock
  readonly #time: () => number
  readonly #ring: () => void
  #at = Number.POSITIVE_INFINITY
  #cancel = () => {}
  #stopped = false

  /** @param time what the times are that it is set to; `ring` is called when one has come */
  constructor(clock: Clock, time: () => number, ring: () => void) {
    this.#clock = clock
    this.#time = time
    this.#ring = ring
  }

  /** Makes sure that it rings at `time`. It may ring before, and rings once: what is due later must be set again. */
  setFor(time: number | undefined): void {
    if (time === undefined || time >= this.#at || this.#stopped) return
    this.#cancel()
    this.#at = time
    this.#cancel = this.#clock.schedule(Math.max(0, time - this.#time()), () => {
      this.#at = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }
}
