import type { Clock } from '../../clock'

/**
 * Keeps senders from queueing up for a broker that has been failing:
 *
 * - closed:  all may try
 * - open:    after so many failures in a row; nobody may, for a pause
 * - probing: after the pause one may try; its success closes, its failure opens again
 */
export class PublishBreaker {
  readonly #failuresMax: number
  readonly #pauseMs: number
  readonly #clock: Clock
  #failures = 0
  #openUntil: number | undefined
  #isProbing = false

  constructor({ failures, pauseMs }: { readonly failures: number; readonly pauseMs: number }, clock: Clock) {
    this.#failuresMax = failures
    this.#pauseMs = pauseMs
    this.#clock = clock
  }

  /** Whether one more may try now. Every `true` must be followed by `succeeded`, `failed` or `abstained`. */
  admits(): boolean {
    if (this.#openUntil === undefined) return true
    if (this.#isProbing || this.#clock.elapsed() < this.#openUntil) return false
    this.#isProbing = true
    return true
  }

  /** How long until somebody may try again; 0 when that is now. */
  get pauseLeftMs(): number {
    return this.#openUntil === undefined ? 0 : Math.max(0, this.#openUntil - this.#clock.elapsed())
  }

  succeeded(): void {
    this.#failures = 0
    this.#openUntil = undefined
    this.#isProbing = false
  }

  failed(): void {
    this.#failures += 1
    const isEnough = this.#failuresMax > 0 && this.#failures >= this.#failuresMax
    if (this.#isProbing || isEnough) this.#openUntil = this.#clock.elapsed() + this.#pauseMs
    this.#isProbing = false
  }

  /** What was tried says nothing about the broker. */
  abstained(): void {
    this.#isProbing = false
  }

  /** There is reason to hope: the pause is over. */
  endPause(): void {
    if (this.#openUntil !== undefined) this.#openUntil = this.#clock.elapsed()
  }
}
