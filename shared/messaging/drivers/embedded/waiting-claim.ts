import type { ClaimedMessage, ClaimOptions } from '../../claimable-driver'
import type { EmbeddedDriver } from './embedded-driver'
import type { Taker } from './taker'

/**
 * One claim from somebody outside of this process: woken like a subscription, and over with the first messages
 * that it gets, with its time, or with its signal. Whichever comes first, what the store has leased to it is in
 * its answer, so nothing stays leased to nobody.
 */
export class WaitingClaim implements Taker {
  readonly #driver: EmbeddedDriver
  readonly #queue: string
  readonly #options: ClaimOptions
  readonly #answer = Promise.withResolvers<readonly ClaimedMessage[]>()
  readonly #endings: (() => void)[] = []
  #claiming: Promise<void> | undefined
  /** Woken during a claim, which may have run before the message came. */
  #wokenMeanwhile = false
  #over = false

  constructor(driver: EmbeddedDriver, queue: string, options: ClaimOptions) {
    this.#driver = driver
    this.#queue = queue
    this.#options = options
  }

  get answer(): Promise<readonly ClaimedMessage[]> {
    return this.#answer.promise
  }

  /** Asks at once, and then whenever it is woken. */
  start(): void {
    const { waitMs, signal } = this.#options
    const end = () => void this.stop()
    signal?.addEventListener('abort', end, { once: true })
    this.#endings.push(() => signal?.removeEventListener('abort', end))
    if (waitMs > 0) this.#endings.push(this.#driver.callLater(waitMs, end))
    this.wake()
    if (waitMs <= 0 || signal?.aborted) end()
  }

  wake(): void {
    if (this.#claiming !== undefined) {
      this.#wokenMeanwhile = true
      return
    }
    if (this.#over) return
    this.#claiming = this.#claim().finally(() => {
      this.#claiming = undefined
      if (this.#wokenMeanwhile) this.wake()
    })
  }

  async #claim(): Promise<void> {
    this.#wokenMeanwhile = false
    const { count, bytesMax, leaseMs } = this.#options
    try {
      const claims = await this.#driver.claimNow(this.#queue, count, { leaseMs, bytesMax, outlives: true })
      if (claims.length > 0) this.#finish(() => this.#answer.resolve(claims))
    } catch (error) {
      this.report(error)
    }
  }

  /** Ends the wait; a claim that the store is at has its answer first. */
  async stop(): Promise<void> {
    this.#over = true
    await this.#claiming
    this.#finish(() => this.#answer.resolve([]))
  }

  /** It answers whatever it gets and holds nothing. */
  forget(): void {}

  report(error: unknown): void {
    this.#finish(() => this.#answer.reject(error))
  }

  #finish(answer: () => void): void {
    this.#over = true
    for (const end of this.#endings.splice(0)) end()
    answer()
  }
}
