import { hash } from 'node:crypto'

/**
 * Remembers, by id, what was safely sent from this process a short while ago, so that a sender who asks again
 * does no harm. The broker itself recognises nothing: another process, or this one after a restart, would send
 * a second copy, and consumers are idempotent.
 */
export class SentMessages {
  readonly #countMax: number
  readonly #digests = new Map<string, string>()
  /**
   * The keys of `#digests` as a ring, the oldest at `#oldest`. Asking the map for its first key would do, but that
   * walks over what was deleted before it, which under load is most of the map.
   */
  readonly #ring: string[] = []
  #oldest = 0

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  compare(key: string, body: Uint8Array): 'unknown' | 'same' | 'other' {
    const digest = this.#digests.get(key)
    if (digest === undefined) return 'unknown'
    return digest === digestOf(body) ? 'same' : 'other'
  }

  remember(key: string, body: Uint8Array): void {
    if (this.#countMax <= 0) return
    if (!this.#digests.has(key)) this.#takePlace(key)
    this.#digests.set(key, digestOf(body))
  }

  #takePlace(key: string): void {
    if (this.#ring.length < this.#countMax) {
      this.#ring.push(key)
      return
    }
    this.#digests.delete(this.#ring[this.#oldest] as string)
    this.#ring[this.#oldest] = key
    this.#oldest = (this.#oldest + 1) % this.#countMax
  }

  /** What was sent may be gone. */
  forgetAll(): void {
    this.#digests.clear()
    this.#ring.length = 0
    this.#oldest = 0
  }
}

function digestOf(body: Uint8Array): string {
  return hash('sha256', body, 'base64')
}
