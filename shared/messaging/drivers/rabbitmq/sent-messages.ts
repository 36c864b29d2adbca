import { crc32 } from 'node:zlib'

/**
 * Remembers, by id, what was safely sent from this process a short while ago, so that a sender who asks again
 * does no harm. The broker itself recognises nothing: another process, or this one after a restart, would send
 * a second copy, and consumers are idempotent. Bodies are told apart by a checksum: that is for the mistake of
 * sending something else under an id that is in use, and a cryptographic hash would cost as much as the rest of the
 * driver's own work for a message.
 */
export class SentMessages {
  readonly #countMax: number
  readonly #checksums = new Map<string, number>()
  /**
   * The keys of `#checksums` as a ring, the oldest at `#oldest`. Asking the map for its first key would do, but that
   * walks over what was deleted before it, which under load is most of the map.
   */
  readonly #ring: string[] = []
  #oldest = 0

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  compare(key: string, body: Uint8Array): 'unknown' | 'same' | 'other' {
    const checksum = this.#checksums.get(key)
    if (checksum === undefined) return 'unknown'
    return checksum === crc32(body) ? 'same' : 'other'
  }

  remember(key: string, body: Uint8Array): void {
    if (this.#countMax <= 0) return
    if (!this.#checksums.has(key)) this.#takePlace(key)
    this.#checksums.set(key, crc32(body))
  }

  #takePlace(key: string): void {
    if (this.#ring.length < this.#countMax) {
      this.#ring.push(key)
      return
    }
    this.#checksums.delete(this.#ring[this.#oldest] as string)
    this.#ring[this.#oldest] = key
    this.#oldest = (this.#oldest + 1) % this.#countMax
  }

  /** What was sent may be gone. */
  forgetAll(): void {
    this.#checksums.clear()
    this.#ring.length = 0
    this.#oldest = 0
  }
}
