import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { claimedSchema } from '#shared/contracts'
import type { Clock } from '../../clock'
import type { Delivery, SubscribeOptions, SubscriptionEnd } from '../../driver'
import { backoffMs } from './backoff'
import { isAway, type QueueService } from './queue-service'
import { RemoteDelivery } from './remote-delivery'
import type { SettleOutbox } from './settle-outbox'

export interface RemoteSubscriptionDeps {
  readonly service: QueueService
  readonly outbox: SettleOutbox
  readonly clock: Clock
  /** This subscription's name at the queue service. */
  readonly worker: string
  readonly isClosing: () => boolean
  /** Everything that the driver holds. */
  readonly held: Set<RemoteDelivery>
  /** How long one claim waits for a message. */
  readonly waitMs: number
  /** How long a call may take beyond that. */
  readonly timeoutMs: number
}

/** How often a worker that is full says that it is there. */
const SIGN_OF_LIFE_MS = 10_000

/** How long a claim that waits may take to be answered once it is to end. */
const STOP_TIMEOUT_MS = 2_000
const ASK_AGAIN_TO_END_MS = 100

const REASON_LENGTH_MAX = 500

/**
 * Claims messages one call at a time: as many as there is room for, as soon as there is room. A call waits at the
 * queue service until there is a message. While that is away, it is asked again less and less often.
 */
export class RemoteSubscription {
  readonly #deps: RemoteSubscriptionDeps
  readonly #queue: string
  readonly #options: SubscribeOptions
  readonly #deliver: (delivery: Delivery) => void
  /** Ends the call that waits; only when it cannot be asked to end. */
  readonly #giveUp = new AbortController()
  #held = 0
  #failures = 0
  #stopping: Promise<void> | undefined
  #running: Promise<void> = Promise.resolve()
  #wakeUp = () => {}

  constructor(
    deps: RemoteSubscriptionDeps,
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ) {
    this.#deps = deps
    this.#queue = queue
    this.#options = options
    this.#deliver = deliver
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Resolves when no further delivery will come. */
  stop(end?: SubscriptionEnd): Promise<void> {
    this.#stopping ??= this.#stop(end)
    return this.#stopping
  }

  async #run(): Promise<void> {
    while (this.#stopping === undefined) {
      const room = this.#options.prefetch - this.#held
      if (room > 0) await this.#claim(room)
      else if (await this.#sleep(SIGN_OF_LIFE_MS)) await this.#claim(0)
    }
  }

  async #claim(count: number): Promise<void> {
    const { service, worker, waitMs, timeoutMs } = this.#deps
    const { leaseMs } = this.#options
    try {
      const { owner, messages } = await service.post(
        `/queues/${encodeURIComponent(this.#queue)}/claim`,
        { worker, count, lease_ms: Math.ceil(leaseMs), wait_ms: waitMs },
        { schema: claimedSchema, timeoutMs: waitMs + timeoutMs, signal: this.#giveUp.signal },
      )
      this.#failures = 0
      const deliveries = messages.map((claimed) => this.#hold(owner, claimed))
      // What comes in the moment of a stop is handed over like that before; not so when all of it ends.
      if (this.#deps.isClosing()) await Promise.allSettled(deliveries.map((delivery) => delivery.release()))
      else for (const delivery of deliveries) this.#deliver(delivery)
    } catch (error) {
      if (this.#stopping !== undefined) return
      this.#failures += 1
      // That the service is away is told by `QueueService`, once for all subscriptions.
      if (!isAway(error) && this.#failures === 1) this.#options.onError(error)
      await this.#sleep(backoffMs(this.#failures))
    }
  }

  #hold(owner: string, claimed: z.output<typeof claimedSchema>['messages'][number]): RemoteDelivery {
    const { clock, outbox, held } = this.#deps
    const delivery = new RemoteDelivery({
      queue: this.#queue,
      owner,
      claimed,
      leaseMs: this.#options.leaseMs,
      clock,
      outbox,
      onEnd: () => {
        this.#held -= 1
        held.delete(delivery)
        this.#wakeUp()
      },
    })
    this.#held += 1
    held.add(delivery)
    return delivery
  }

  /** Sleeps until woken; true when it slept for the whole time. */
  #sleep(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.schedule(milliseconds, () => resolve(true))
      this.#wakeUp = () => {
        this.#wakeUp = () => {}
        cancel()
        resolve(false)
      }
    })
  }

  async #stop(end: SubscriptionEnd | undefined): Promise<void> {
    this.#wakeUp()
    let isRunning = true
    const ended = this.#running.finally(() => {
      isRunning = false
    })
    const giveUp = setTimeout(() => this.#giveUp.abort(), STOP_TIMEOUT_MS)
    do {
      await this.#sayGoodbye(end)
      // The claim may be on its way on another connection, behind this word.
      await Promise.race([ended, wait(ASK_AGAIN_TO_END_MS, undefined, { ref: false })])
    } while (isRunning)
    clearTimeout(giveUp)
  }

  /** The claim that waits is answered at once, so that no message is lost on the way. */
  async #sayGoodbye(end: SubscriptionEnd | undefined): Promise<void> {
    const { service, worker } = this.#deps
    const path = `/queues/${encodeURIComponent(this.#queue)}/claim/end`
    const paused = end?.paused && { ...end.paused, reason: end.paused.reason.slice(0, REASON_LENGTH_MAX) }
    const body = { worker, ...(paused !== undefined && { paused }) }
    const signal = AbortSignal.any([this.#giveUp.signal, AbortSignal.timeout(STOP_TIMEOUT_MS)])
    try {
      await service.post(path, body, { schema: z.object({}), signal })
    } catch {
      // Who is not there has no claim that waits.
      this.#giveUp.abort()
    }
  }
}
