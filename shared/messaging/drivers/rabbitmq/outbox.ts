import { AppError } from '#shared/errors'
import type { AmqpParcel } from './amqp'

/** What is published, and how its end is told. */
export interface OutgoingParcel extends AmqpParcel {
  /** Message and destination: no two with the same one may be on their way. */
  readonly key: string
  /** Queue or exchange as the topology names it. */
  readonly destination: string
  /** Whether a nack of the broker can mean that a queue has reached its length limit. */
  readonly hasLengthLimit: boolean
}

export interface PublishResult {
  /** False when the broker returned it, because no queue is bound. */
  readonly isRouted: boolean
}

/** A message from the moment somebody wants it sent until the broker confirmed it or time was up. */
export class OutboxEntry {
  readonly parcel: OutgoingParcel
  /** On the clock's `elapsed`. */
  readonly addedAt: number
  readonly result: Promise<PublishResult>
  readonly #settle: PromiseWithResolvers<PublishResult>
  #isDone = false
  isReturned = false
  /** How often it was written to a channel. */
  sends = 0
  /** Was on its way alone or with others when the broker closed the channel for one of them. */
  isSuspect = false

  constructor(parcel: OutgoingParcel, addedAt: number) {
    this.parcel = parcel
    this.addedAt = addedAt
    this.#settle = Promise.withResolvers<PublishResult>()
    this.result = this.#settle.promise
  }

  get isDone(): boolean {
    return this.#isDone
  }

  resolve(): void {
    this.#isDone = true
    this.#settle.resolve({ isRouted: !this.isReturned })
  }

  reject(error: unknown): void {
    this.#isDone = true
    this.#settle.reject(error)
  }
}

/** Messages that are not safe yet, by key, the oldest first. */
export class Outbox {
  readonly #entries = new Map<string, OutboxEntry>()
  readonly #limits: { readonly count: number; readonly bytes: number }
  #bytes = 0

  constructor(limits: { readonly count: number; readonly bytes: number }) {
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  oldest(): OutboxEntry | undefined {
    return this.#entries.values().next().value
  }

  entries(): OutboxEntry[] {
    return [...this.#entries.values()]
  }

  /** @throws AppError `service-unavailable` when there is no room */
  addWithinLimits(entry: OutboxEntry, why: () => string | undefined): void {
    const { count, bytes } = this.#limits
    const size = entry.parcel.body.byteLength
    // One that is larger than the limit by itself still gets through when it is alone.
    if (this.#entries.size >= count || (this.#entries.size > 0 && this.#bytes + size > bytes)) {
      const because = why() ?? 'the broker does not confirm them as fast as they come'
      throw new AppError('service-unavailable', {
        detail: `${this.#entries.size} messages of ${this.#bytes} bytes wait to be confirmed, and there is no room for more: ${because}`,
        retryAfterSeconds: 1,
      })
    }
    this.add(entry)
  }

  add(entry: OutboxEntry): void {
    this.#entries.set(entry.parcel.key, entry)
    this.#bytes += entry.parcel.body.byteLength
  }

  remove(entry: OutboxEntry): void {
    if (this.#entries.get(entry.parcel.key) !== entry) return
    this.#entries.delete(entry.parcel.key)
    this.#bytes -= entry.parcel.body.byteLength
  }
}
