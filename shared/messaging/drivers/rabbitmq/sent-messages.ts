import { hash } from 'node:crypto'

/**
 * Remembers, by id, what was safely sent from this process a short while ago, so that a sender who asks again
 * does no harm. The broker itself recognises nothing: another process, or this one after a restart, would send
 * a second copy, and consumers are idempotent.
 */
export class SentMessages {
  readonly #countMax: number
  readonly #digests = new Map<string, string>()

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
    this.#digests.set(key, digestOf(body))
    if (this.#digests.size <= this.#countMax) return
    const [oldest] = this.#digests.keys()
    if (oldest !== undefined) this.#digests.delete(oldest)
  }

  /** What was sent may be gone. */
  forgetAll(): void {
    this.#digests.clear()
  }
}

function digestOf(body: Uint8Array): string {
  return hash('sha256', body, 'base64')
}
