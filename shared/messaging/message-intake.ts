import type { DriverSubscription, SubscriptionEnd } from './driver'

/**
 * The subscription of one consumer, which is stopped and begun again as the consumer pauses and goes on. Steps run
 * one after the other, so that there are never two subscriptions.
 */
export class MessageIntake {
  readonly #subscribe: (prefetch: number) => Promise<DriverSubscription>
  #source: DriverSubscription | undefined
  #lastStep: Promise<unknown> = Promise.resolve()
  #ended = false

  constructor(subscribe: (prefetch: number) => Promise<DriverSubscription>) {
    this.#subscribe = subscribe
  }

  /** Takes up to `prefetch` messages at a time from now on. Does nothing after `end`. */
  open(prefetch: number): Promise<void> {
    return this.#step(async () => {
      await this.#stop()
      if (!this.#ended) this.#source = await this.#subscribe(prefetch)
    })
  }

  /** Resolves when no further message comes. */
  close(end?: SubscriptionEnd): Promise<void> {
    return this.#step(() => this.#stop(end))
  }

  /** The same for good. */
  end(): Promise<void> {
    this.#ended = true
    return this.close()
  }

  #step(step: () => Promise<void>): Promise<void> {
    const done = this.#lastStep.then(step)
    this.#lastStep = done.catch(() => {})
    return done
  }

  async #stop(end?: SubscriptionEnd): Promise<void> {
    const source = this.#source
    this.#source = undefined
    await source?.stop(end)
  }
}
