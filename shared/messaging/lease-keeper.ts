import type { BusLogger } from './bus-logger'
import type { Clock } from './clock'
import type { HeldDelivery } from './held-delivery'

export interface LeaseKeeperOptions {
  readonly queue: string
  readonly leaseMs: number
  readonly clock: Clock
  readonly logger: BusLogger
  /** What is held right now. */
  readonly held: () => Iterable<HeldDelivery>
}

/**
 * Extends the leases of what a consumer holds, every third of a lease: however long a handler takes, its message
 * goes to nobody else, and if the process dies, the lease runs out. Who has lost a lease all the same is told.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions
  #cancelBeat = () => {}

  constructor(options: LeaseKeeperOptions) {
    this.#options = options
  }

  start(): void {
    const { clock, leaseMs } = this.#options
    this.#cancelBeat = clock.schedule(leaseMs / 3, () => {
      this.start()
      this.#extendLeases()
    })
  }

  stop(): void {
    this.#cancelBeat()
  }

  #extendLeases(): void {
    const { clock, leaseMs, held } = this.#options
    for (const one of held()) {
      // A young lease lasts well beyond the next beat.
      if (!one.settling && clock.elapsed() - one.leasedAt >= leaseMs / 6) void this.#extendLease(one)
    }
  }

  async #extendLease(held: HeldDelivery): Promise<void> {
    const { queue, clock, leaseMs, logger } = this.#options
    const leasedAt = clock.elapsed()
    try {
      if ((await held.delivery.extend(leaseMs)) === 'settled') held.leasedAt = leasedAt
      else if (!held.settling) held.abort.abort(new Error('the lease on the message was lost'))
    } catch (error) {
      const { message, attempt } = held.delivery
      logger.warn({ queue, message_id: message.id, attempt, err: error }, 'lease could not be extended')
    }
  }
}
