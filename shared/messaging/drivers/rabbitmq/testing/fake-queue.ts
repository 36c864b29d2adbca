import type { Clock } from '../../../clock'
import type { AmqpProperties, QueueOptions } from '../amqp'
import type { FakeMessage } from './fake-message'
import { withDeath } from './fake-message'

/** Somebody who takes messages as they come, for as long as there is room. */
export interface FakeConsumer {
  hasRoom(): boolean
  take(message: FakeMessage): void
  /** The queue is gone. */
  cancelled(): void
}

export interface FakeQueueSetup {
  readonly name: string
  readonly options: QueueOptions
  readonly clock: Clock
  /** False when the target has no room: it is tried again. */
  deadLetter(exchange: string, routingKey: string, body: Buffer, properties: AmqpProperties): boolean
}

const DEAD_LETTER_RETRY_MS = 1_000

/** A queue of the fake broker: quorum or classic, as far as the driver can tell them apart. */
export class FakeQueue {
  readonly name: string
  readonly options: QueueOptions
  readonly ready: FakeMessage[] = []
  readonly #setup: FakeQueueSetup
  readonly #consumers: FakeConsumer[] = []
  #cancelExpiry = () => {}
  #isHeldBack = false

  constructor(setup: FakeQueueSetup) {
    this.#setup = setup
    this.name = setup.name
    this.options = setup.options
  }

  get isQuorum(): boolean {
    return this.options.arguments['x-queue-type'] === 'quorum'
  }

  get consumerCount(): number {
    return this.#consumers.length
  }

  /** False when it is full and does not drop what is oldest. */
  enqueue(exchange: string, routingKey: string, body: Buffer, properties: AmqpProperties): boolean {
    const { 'x-max-length': lengthMax, 'x-overflow': overflow } = this.options.arguments
    if (lengthMax !== undefined && this.ready.length >= Number(lengthMax)) {
      if (overflow !== 'drop-head') return false
      this.ready.shift()
    }
    const waits = [properties.expiration, this.options.arguments['x-message-ttl']]
      .filter((ttl) => ttl !== undefined)
      .map(Number)
    const expiresAt = waits.length === 0 ? undefined : this.#setup.clock.elapsed() + Math.min(...waits)
    this.ready.push({ exchange, routingKey, body: Buffer.from(body), properties, expiresAt, returns: 0 })
    this.dispatch()
    return true
  }

  /**
   * Behind what came back before and before all others, in their order; those that came back too often are given
   * up.
   */
  takeBack(messages: readonly FakeMessage[]): void {
    const limit = this.isQuorum ? this.options.arguments['x-delivery-limit'] : undefined
    const kept = messages.filter((message) => {
      message.returns += 1
      const isTooOften = limit !== undefined && message.returns > Number(limit)
      if (isTooOften) this.#giveUp(message, 'delivery_limit')
      return !isTooOften
    })
    const firstNew = this.ready.findIndex(({ returns }) => returns === 0)
    this.ready.splice(firstNew === -1 ? this.ready.length : firstNew, 0, ...kept)
    this.dispatch()
  }

  take(): FakeMessage | undefined {
    this.#expire()
    return this.ready.shift()
  }

  purge(): number {
    return this.ready.splice(0).length
  }

  subscribe(consumer: FakeConsumer): void {
    this.#consumers.push(consumer)
    this.dispatch()
  }

  unsubscribe(consumer: FakeConsumer): void {
    const index = this.#consumers.indexOf(consumer)
    if (index >= 0) this.#consumers.splice(index, 1)
  }

  /** Hands nothing over for now, or goes on. */
  setHeldBack(isHeldBack: boolean): void {
    this.#isHeldBack = isHeldBack
    this.dispatch()
  }

  /** Hands over what there is room for, to the consumers in turn. */
  dispatch(): void {
    this.#expire()
    while (!this.#isHeldBack) {
      const index = this.#consumers.findIndex((consumer) => consumer.hasRoom())
      const consumer = this.#consumers[index]
      if (consumer === undefined || this.ready.length === 0) break
      this.#consumers.splice(index, 1)
      this.#consumers.push(consumer)
      const message = this.ready.shift()
      if (message !== undefined) consumer.take(message)
    }
    this.#watchExpiry()
  }

  /** What waited too long at the head; like a real one it does not look behind it. */
  #expire(): void {
    const now = this.#setup.clock.elapsed()
    for (
      let [head] = this.ready;
      head?.expiresAt !== undefined && head.expiresAt <= now;
      [head] = this.ready
    ) {
      this.ready.shift()
      this.#giveUp(head, 'expired')
    }
  }

  #watchExpiry(): void {
    this.#cancelExpiry()
    const expiresAt = this.ready[0]?.expiresAt
    if (expiresAt === undefined) return
    const inMs = Math.max(1, expiresAt - this.#setup.clock.elapsed())
    this.#cancelExpiry = this.#setup.clock.schedule(inMs, () => this.dispatch())
  }

  #giveUp(message: FakeMessage, reason: string): void {
    const exchange = this.options.arguments['x-dead-letter-exchange']
    if (exchange === undefined) return
    const routingKey = String(this.options.arguments['x-dead-letter-routing-key'] ?? message.routingKey)
    const now = this.#setup.clock.now()
    const properties = withDeath(message, { queue: this.name, reason, now })
    this.#deadLetter(String(exchange), routingKey, message.body, properties)
  }

  /** At least once: for as long as it takes. */
  #deadLetter(exchange: string, routingKey: string, body: Buffer, properties: AmqpProperties): void {
    if (this.#setup.deadLetter(exchange, routingKey, body, properties)) return
    this.#setup.clock.schedule(DEAD_LETTER_RETRY_MS, () =>
      this.#deadLetter(exchange, routingKey, body, properties),
    )
  }

  /** Forgets what a restart of the broker does not leave. */
  restart(): void {
    if (this.isQuorum) return
    const kept = this.ready.filter(({ properties }) => properties.persistent === true)
    this.ready.splice(0, this.ready.length, ...kept)
  }

  delete(): void {
    this.#cancelExpiry()
    for (const consumer of this.#consumers.splice(0)) consumer.cancelled()
  }
}
