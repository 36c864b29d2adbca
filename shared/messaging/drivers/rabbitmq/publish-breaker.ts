import { CircuitBreaker } from '../../circuit-breaker'
import type { Clock } from '../../clock'

/**
 * Keeps senders from queueing up for a broker that has been failing: a circuit that opens after so many failures in
 * a row, for a pause that is always as long, and lets one sender probe when that is over. Nobody is told of the end of
 * the pause, the next one who wants to send finds it over.
 */
export class PublishBreaker {
  readonly #circuit: CircuitBreaker
  readonly #failuresMax: number
  readonly #clock: Clock
  #failures = 0
  #pausedUntil = 0

  constructor({ failures, pauseMs }: { readonly failures: number; readonly pauseMs: number }, clock: Clock) {
    this.#circuit = new CircuitBreaker({ firstMs: pauseMs, maxMs: pauseMs })
    this.#failuresMax = failures
    this.#clock = clock
  }

  /** Whether one more may try now. Every `true` must be followed by `succeeded`, `failed` or `abstained`. */
  admits(): boolean {
    if (this.#circuit.state === 'closed') return true
    if (this.#circuit.state === 'probing' || this.pauseLeftMs > 0) return false
    this.#circuit.probe()
    return true
  }

  /** How long until somebody may try again; 0 when that is now. */
  get pauseLeftMs(): number {
    return this.#circuit.state === 'open' ? Math.max(0, this.#pausedUntil - this.#clock.elapsed()) : 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#circuit.close()
  }

  failed(): void {
    this.#failures += 1
    const isEnough = this.#failuresMax > 0 && this.#failures >= this.#failuresMax
    if (this.#circuit.state !== 'probing' && !isEnough) return
    const pauseMs = this.#circuit.trip()
    if (pauseMs !== undefined) this.#pausedUntil = this.#clock.elapsed() + pauseMs
  }

  /** What was tried says nothing about the broker: the next one may find out. */
  abstained(): void {
    if (this.#circuit.state === 'probing') this.#circuit.trip()
  }

  /** There is reason to hope: the pause is over. */
  endPause(): void {
    this.#pausedUntil = this.#clock.elapsed()
  }
}
