import type { ClaimedJson, SettlementJson } from '#shared/contracts'
import type { Clock } from '../../clock'
import type { Delivery, Settlement } from '../../driver'
import type { DeadLetterCause } from '../../message'
import { fromWireJson } from '../../wire-json'
import type { SettleOutbox } from './settle-outbox'

interface RemoteDeliveryOptions {
  readonly queue: string
  readonly owner: string
  readonly claimed: ClaimedJson['messages'][number]
  readonly leaseMs: number
  readonly clock: Clock
  readonly outbox: SettleOutbox
  /** Called once, when it is settled or its lease has run out. */
  readonly onEnd: () => void
}

type Ending = SettlementJson extends infer Each
  ? Each extends SettlementJson
    ? Omit<Each, 'owner' | 'queue' | 'sequence' | 'delivery'>
    : never
  : never

/** A lease that the queue service keeps. It ends here as it does there, a moment later. */
export class RemoteDelivery implements Delivery {
  readonly message: Delivery['message']
  readonly attempt: number
  readonly redelivered: boolean
  readonly #options: RemoteDeliveryOptions
  #leaseEndsAt = 0
  #cancelEnd = () => {}
  #ended = false

  constructor(options: RemoteDeliveryOptions) {
    const { message, attempt, delivery } = options.claimed
    this.message = fromWireJson(message)
    this.attempt = attempt
    this.redelivered = delivery > 1
    this.#options = options
    this.#beginLease(options.leaseMs)
  }

  ack(): Promise<Settlement> {
    return this.#end({ action: 'ack' })
  }

  nack({ delayMs }: { readonly delayMs: number }): Promise<Settlement> {
    return this.#end({ action: 'nack', delay_ms: Math.ceil(delayMs) })
  }

  release(): Promise<Settlement> {
    return this.#end({ action: 'release' })
  }

  deadLetter({ reason, code, detail }: DeadLetterCause): Promise<Settlement> {
    return this.#end({ action: 'dead-letter', cause: { reason, code, detail } })
  }

  async extend(leaseMs: number): Promise<Settlement> {
    const settlement = await this.#settle({ action: 'extend', lease_ms: Math.ceil(leaseMs) })
    if (settlement === 'settled') this.#beginLease(leaseMs)
    return settlement
  }

  async #end(ending: Ending): Promise<Settlement> {
    const settlement = await this.#settle(ending)
    this.#finish()
    return settlement
  }

  #settle(ending: Ending): Promise<Settlement> {
    const { queue, owner, claimed, outbox } = this.#options
    const { sequence, delivery } = claimed
    const settlement = { owner, queue, sequence, delivery, ...ending } as SettlementJson
    return outbox.settle(settlement, () => this.#leaseEndsAt)
  }

  #beginLease(leaseMs: number): void {
    if (this.#ended) return
    const { clock } = this.#options
    this.#leaseEndsAt = clock.elapsed() + leaseMs
    this.#cancelEnd()
    this.#cancelEnd = clock.schedule(leaseMs, () => this.#finish())
  }

  #finish(): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelEnd()
    this.#options.onEnd()
  }

  /** Holds nothing of the process any more. */
  forget(): void {
    this.#ended = true
    this.#cancelEnd()
  }
}
