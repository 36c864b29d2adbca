/** How long a callee is left alone that is not there: doubled with each probe in vain, up to `maxMs`. */
export interface PauseLengths {
  readonly firstMs: number
  readonly maxMs: number
}

export const PAUSE_LENGTHS: PauseLengths = { firstMs: 1_000, maxMs: 10_000 }

/**
 * Longest time that a callee may ask for. A probe is one message; what a callee says by mistake should not stop a
 * queue until somebody finds out.
 */
const RETRY_AFTER_MAX_MS = 3_600_000

export type CircuitState = 'closed' | 'open' | 'probing'

/**
 * Whether to ask a callee, by what became of those who did. When a failure trips it, and by which clock a pause ends,
 * is the business of whoever asks: consumers of what they call, publishers of their broker.
 *
 * ```
 *  closed ──trip──▶ open ──probe──▶ probing ──close──▶ closed
 *                    ▲                │
 *                    └──trip, longer──┘
 * ```
 */
export class CircuitBreaker {
  readonly #lengths: PauseLengths
  #state: CircuitState = 'closed'
  #pauses = 0

  constructor(lengths: PauseLengths) {
    this.#lengths = lengths
  }

  get state(): CircuitState {
    return this.#state
  }

  /**
   * The callee is not there. Returns how long to leave it alone: as long as it says, else by the number of probes
   * in vain; undefined when it is left alone already.
   */
  trip(retryAfterMs?: number): number | undefined {
    if (this.#state === 'open') return undefined
    this.#state = 'open'
    const { firstMs, maxMs } = this.#lengths
    const grownMs = Math.min(firstMs * 2 ** this.#pauses, Math.max(firstMs, maxMs))
    this.#pauses += 1
    if (retryAfterMs === undefined) return grownMs
    return Math.max(firstMs, Math.min(retryAfterMs, RETRY_AFTER_MAX_MS))
  }

  /** The pause is over: one message may find out. */
  probe(): void {
    this.#state = 'probing'
  }

  /** The callee is there. */
  close(): void {
    this.#state = 'closed'
    this.#pauses = 0
  }
}
