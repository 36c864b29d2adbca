import type { LeaseSettlement } from '../../claimable-driver'
import type { Delivery, Settlement, SubscribeOptions } from '../../driver'
import type { DeadLetterCause } from '../../message'
import type { EmbeddedDriver } from './embedded-driver'
import type { Claim, Lease } from './message-store'
import type { Taker } from './taker'

/**
 * One subscriber of one queue. It claims as many messages as it has room for when it is woken, one claim at a
 * time, and is woken by whatever can change what there is to claim: a send, a settlement, a lease or delay that
 * ended.
 */
export class EmbeddedSubscription implements Taker {
  readonly #driver: EmbeddedDriver
  readonly #queue: string
  readonly #options: SubscribeOptions
  readonly #deliver: (delivery: Delivery) => void
  /** Delivery number by message of what is unsettled: never more than `prefetch`. */
  readonly #held = new Map<number, number>()
  #claiming: Promise<void> | undefined
  /** Woken during a claim, which may have run before the message came. */
  #wokenMeanwhile = false
  /** Set while the store is left alone after a failure. */
  #cancelRetry: (() => void) | undefined
  #stopped = false

  constructor(
    driver: EmbeddedDriver,
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ) {
    this.#driver = driver
    this.#queue = queue
    this.#options = options
    this.#deliver = deliver
  }

  wake(): void {
    if (this.#claiming !== undefined) {
      this.#wokenMeanwhile = true
      return
    }
    const room = this.#options.prefetch - this.#held.size
    if (this.#stopped || this.#cancelRetry !== undefined || room <= 0) return
    this.#claiming = this.#claim(room).finally(() => {
      this.#claiming = undefined
      if (this.#wokenMeanwhile) this.wake()
    })
  }

  async #claim(room: number): Promise<void> {
    this.#wokenMeanwhile = false
    try {
      const { leaseMs } = this.#options
      const claims = await this.#driver.claimNow(this.#queue, room, { leaseMs, outlives: false })
      // Claimed in the moment of a stop, they are handed over like those before; not so when all of it ends.
      if (this.#driver.isClosing) return await this.#driver.giveBack(claims)
      if (claims.length === 0) return
      if (claims.length === room) this.#wokenMeanwhile = true
      for (const claim of claims) this.#held.set(claim.sequence, claim.delivery)
      for (const claim of claims) this.#deliver(new EmbeddedDelivery(this.#driver, this, claim))
    } catch (error) {
      this.report(error)
      if (!this.#stopped) this.#rest()
    }
  }

  #rest(): void {
    this.#cancelRetry = this.#driver.retryAfterFailure(() => {
      this.#cancelRetry = undefined
      this.wake()
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelRetry?.()
    await this.#claiming
  }

  /** Frees the place of a delivery that was settled, or whose lease ran out. */
  forget({ sequence, delivery }: Lease): void {
    if (this.#held.get(sequence) === delivery) this.#held.delete(sequence)
  }

  report(error: unknown): void {
    this.#options.onError(error)
  }
}

class EmbeddedDelivery implements Delivery {
  readonly message: Delivery['message']
  readonly attempt: number
  readonly redelivered: boolean
  readonly #driver: EmbeddedDriver
  readonly #subscription: EmbeddedSubscription
  readonly #claim: Claim

  constructor(driver: EmbeddedDriver, subscription: EmbeddedSubscription, claim: Claim) {
    this.message = claim.message
    this.attempt = claim.attempt
    this.redelivered = claim.delivery > 1
    this.#driver = driver
    this.#subscription = subscription
    this.#claim = claim
  }

  ack(): Promise<Settlement> {
    return this.#settle({ action: 'ack' })
  }

  nack({ delayMs }: { readonly delayMs: number }): Promise<Settlement> {
    return this.#settle({ action: 'nack', delayMs })
  }

  release(): Promise<Settlement> {
    return this.#settle({ action: 'release' })
  }

  deadLetter(cause: DeadLetterCause): Promise<Settlement> {
    return this.#settle({ action: 'dead-letter', cause })
  }

  extend(leaseMs: number): Promise<Settlement> {
    return this.#driver.settleClaim(this.#claim.queue, () => this.#claim, { action: 'extend', leaseMs })
  }

  #settle(settlement: LeaseSettlement): Promise<Settlement> {
    const settled = this.#driver.settleClaim(this.#claim.queue, () => this.#claim, settlement)
    // Freed and woken before the commit, the place is filled in the same transaction.
    this.#subscription.forget(this.#claim)
    this.#driver.wake(this.#claim.queue)
    return settled
  }
}
