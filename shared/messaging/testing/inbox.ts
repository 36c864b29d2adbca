import type { Delivery, DriverSubscription, MessageDriver, SubscribeOptions } from '../driver'
import { waitUntil } from './wait-until'

interface InboxOptions extends Partial<SubscribeOptions> {
  readonly ackAtOnce?: boolean
}

/** A subscriber for tests: keeps what is delivered, in order, and settles nothing unless told to. */
export class Inbox {
  readonly deliveries: Delivery[] = []
  readonly errors: unknown[] = []
  #taken = 0

  static async open(
    driver: MessageDriver,
    queue: string,
    { ackAtOnce = false, ...options }: InboxOptions = {},
  ): Promise<Inbox & DriverSubscription> {
    const inbox = new Inbox()
    const onError = (error: unknown) => inbox.errors.push(error)
    const subscription = await driver.subscribe(
      queue,
      { prefetch: 10, leaseMs: 30_000, onError, ...options },
      (delivery) => {
        inbox.deliveries.push(delivery)
        if (ackAtOnce) delivery.ack().catch(onError)
      },
    )
    return Object.assign(inbox, { stop: () => subscription.stop() })
  }

  /** The first delivery that has not been taken yet, as soon as it is there. */
  async next(): Promise<Delivery> {
    await waitUntil(`delivery ${this.#taken + 1} arrived`, () => this.deliveries.length > this.#taken)
    this.#taken += 1
    return this.deliveries[this.#taken - 1] as Delivery
  }

  async take(count: number): Promise<Delivery[]> {
    const deliveries: Delivery[] = []
    while (deliveries.length < count) deliveries.push(await this.next())
    return deliveries
  }

  ids(): string[] {
    return this.deliveries.map(({ message }) => message.id)
  }
}
