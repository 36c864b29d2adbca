import { AppError } from '#shared/errors'
import type { ClaimableDriver, ClaimedMessage, ClaimOptions, LeaseSettlement } from '../../claimable-driver'
import type { Clock } from '../../clock'
import type {
  DeadLetterPage,
  DeadLetterPageRequest,
  Delivery,
  DriverConnection,
  DriverSubscription,
  MessageRecord,
  PublishOutcome,
  QueueStats,
  ReplaySelection,
  SendReceipt,
  Settlement,
  SubscribeOptions,
} from '../../driver'
import { deadLetterQueueOf, type WireMessage } from '../../message'
import { NO_TOPOLOGY, routesOf, type Topology } from '../../topology'
import { Alarm } from './alarm'
import { EmbeddedSubscription } from './embedded-subscription'
import { Intake } from './intake'
import type { Claim, Lease, LeaseTerms, MessageStore } from './message-store'
import { QueueOperations } from './queue-operations'
import { settleLease } from './settle-lease'
import type { Taker } from './taker'
import { WaitingClaim } from './waiting-claim'

/** How long, and how many of, the messages that are done can still be told about and recognised when resent. */
export interface Retention {
  readonly ageMs: number
  readonly countMax: number
}

export const RETENTION: Retention = { ageMs: 24 * 60 * 60 * 1_000, countMax: 100_000 }

export interface EmbeddedDriverOptions {
  readonly system: string
  readonly store: MessageStore
  readonly clock: Clock
  /** Wall clock when `store` was opened, from which the driver's time counts. */
  readonly openedAt: number
  readonly topology?: Topology
  /** Most messages that may wait in a queue whose definition does not say. */
  readonly queueLengthMax?: number
  readonly retention?: Retention
}

export const QUEUE_LENGTH_MAX = 100_000

/** After a failure of the store, such as a full disk, it is not asked again before. */
const STORE_RETRY_MS = 1_000

/** Most messages moved in one step when the time of many has come together; the rest follows at once. */
const DUE_MAX = 1_000

/** Each so many messages done, twice as many old ones are forgotten: small steps that keep up. */
const SWEEP_EVERY = 64

/**
 * The driver for messages kept by this process itself: limits, subscriptions and timers over a `MessageStore`.
 *
 * Its time is the wall clock of when it was opened plus what a monotonic clock has counted since. So a clock
 * that is set while it runs neither ends leases nor moves retries, and what is written to a file still means
 * something after a restart.
 *
 * Nothing polls: a message is claimed when it is sent, in the same step when a subscriber has room, and the one
 * timer is set to the next lease, delay or time to live that ends.
 */
export class EmbeddedDriver implements ClaimableDriver {
  readonly system: string
  readonly #store: MessageStore
  readonly #clock: Clock
  readonly #timeOffset: number
  readonly #topology: Topology
  readonly #intake: Intake
  readonly #operations: QueueOperations
  readonly #retention: Retention
  /** Who takes messages, by queue, the first to be woken first. */
  readonly #takers = new Map<string, readonly Taker[]>()
  readonly #alarm: Alarm
  #finished = 0
  #closing: Promise<void> | undefined

  constructor(options: EmbeddedDriverOptions) {
    this.system = options.system
    this.#store = options.store
    this.#clock = options.clock
    this.#timeOffset = options.openedAt - options.clock.elapsed()
    this.#topology = options.topology ?? NO_TOPOLOGY
    this.#intake = new Intake(this.#store, this.#topology, options.queueLengthMax ?? QUEUE_LENGTH_MAX)
    this.#operations = new QueueOperations(this, this.#store, this.#intake)
    this.#retention = options.retention ?? RETENTION
    this.#alarm = new Alarm(
      this.#clock,
      () => this.time(),
      () => void this.#moveDue(),
    )
    this.lookAgainAtNextDue()
  }

  get leaseOwner(): string {
    return this.#store.leaseOwner
  }

  /** Milliseconds since the epoch as far as this driver is concerned; see the class. */
  time(): number {
    return Math.ceil(this.#timeOffset + this.#clock.elapsed())
  }

  async send(queue: string, message: WireMessage): Promise<SendReceipt> {
    this.#assertOpen()
    const inserting = this.transact(() => this.#intake.insert(queue, message, this.time()))
    this.#announce(queue, message)
    const receipt = await inserting
    if (receipt instanceof AppError) throw receipt
    return receipt
  }

  async publish(exchange: string, routingKey: string, message: WireMessage): Promise<PublishOutcome> {
    this.#assertOpen()
    const queues = routesOf(this.#topology, exchange, routingKey)
    if (queues.length === 0) return { isRouted: false, duplicate: false }
    const inserting = this.transact(() => this.#intake.insertIntoAll(queues, message, this.time()))
    for (const queue of queues) this.#announce(queue, message)
    const receipts = await inserting
    if (receipts instanceof AppError) throw receipts
    return { isRouted: true, duplicate: receipts.every(({ duplicate }) => duplicate) }
  }

  /** Before the commit: a subscriber with room then claims the message in the same transaction. */
  #announce(queue: string, message: WireMessage): void {
    this.#alarm.setFor(this.#intake.expiryOf(queue, message, this.time()))
    this.wake(queue)
  }

  async subscribe(
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ): Promise<DriverSubscription> {
    this.#assertOpen()
    const subscription = new EmbeddedSubscription(this, queue, options, deliver)
    this.#add(queue, subscription)
    subscription.wake()
    return {
      stop: async () => {
        this.#remove(queue, subscription)
        await subscription.stop()
      },
    }
  }

  #takersOf(queue: string): readonly Taker[] {
    return this.#takers.get(queue) ?? []
  }

  #add(queue: string, taker: Taker): void {
    this.#takers.set(queue, [...this.#takersOf(queue), taker])
  }

  #remove(queue: string, taker: Taker): void {
    const others = this.#takersOf(queue).filter((other) => other !== taker)
    if (others.length > 0) this.#takers.set(queue, others)
    else this.#takers.delete(queue)
  }

  async claim(queue: string, options: ClaimOptions): Promise<readonly ClaimedMessage[]> {
    this.#assertOpen()
    const claim = new WaitingClaim(this, queue, options)
    this.#add(queue, claim)
    claim.start()
    try {
      return await claim.answer
    } finally {
      this.#remove(queue, claim)
    }
  }

  async settle(lease: Lease, settlement: LeaseSettlement): Promise<Settlement> {
    const settled = this.settleClaim(lease.queue, (store) => store.findClaim(lease), settlement)
    if (settlement.action !== 'extend') this.wake(lease.queue)
    return settled
  }

  async stats(queue: string): Promise<QueueStats> {
    const { ready, delayed, leased } = this.#store.counts(queue)
    const dead = this.#store.counts(deadLetterQueueOf(queue))
    const oldest = this.#store.oldestReady(queue)
    return {
      ready,
      delayed,
      inFlight: leased,
      deadLetters: dead.ready + dead.delayed + dead.leased,
      consumers: this.#takersOf(queue).filter((taker) => taker instanceof EmbeddedSubscription).length,
      oldestAgeMs: oldest === undefined ? undefined : Math.max(0, this.#clock.now() - oldest),
    }
  }

  connection(): DriverConnection {
    return { state: 'connected' }
  }

  async queues(): Promise<readonly string[]> {
    return [...new Set([...this.#intake.queues, ...this.#store.queues()])].sort()
  }

  async lookup(messageId: string): Promise<MessageRecord | undefined> {
    return this.#store.lookup(messageId)
  }

  async peek(messageId: string): Promise<WireMessage | undefined> {
    return this.#store.peek(messageId)
  }

  async purge(queue: string): Promise<number> {
    this.#assertOpen()
    return this.#operations.purge(queue)
  }

  deadLetters(queue: string, page: DeadLetterPageRequest): Promise<DeadLetterPage> {
    return this.#operations.deadLetters(queue, page)
  }

  async replay(queue: string, selection: ReplaySelection): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#operations.replay(queue, selection)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new AppError('shutting-down')
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#takers.values()].flat().map((taker) => taker.stop()))
    this.#takers.clear()
    this.#alarm.stop()
    await this.#store.close()
  }

  // What takers and deliveries need of the driver.

  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /** Offers what is ready to those who take from the queue. */
  wake(queue: string): void {
    for (const taker of this.#takersOf(queue)) taker.wake()
  }

  transact<Result>(work: (store: MessageStore) => Result): Promise<Result> {
    return this.#store.transact(() => work(this.#store))
  }

  /** Leases what is ready, up to `count` messages. */
  async claimNow(queue: string, count: number, terms: Omit<LeaseTerms, 'at'>): Promise<readonly Claim[]> {
    const claims = await this.transact((store) => {
      const at = this.time()
      return store.claim(queue, count, { ...terms, at })
    })
    if (claims.length > 0) this.#alarm.setFor(this.time() + terms.leaseMs)
    return claims
  }

  /** `find` is called in the transaction of the settlement. */
  async settleClaim(
    queue: string,
    find: (store: MessageStore) => Claim | undefined,
    settlement: LeaseSettlement,
  ): Promise<Settlement> {
    const change = (store: MessageStore, at: number) => {
      const claim = find(store)
      return claim !== undefined && settleLease(store, claim, settlement, at)
    }
    const isFinal = settlement.action === 'ack' || settlement.action === 'dead-letter'
    const isSettled = isFinal
      ? await this.#finish(change)
      : await this.transact((store) => change(store, this.time()))
    if (settlement.action === 'dead-letter') this.wake(deadLetterQueueOf(queue))
    // A delay begins, or once more the time to live.
    if (settlement.action === 'nack' || settlement.action === 'release') this.lookAgainAtNextDue()
    return isSettled ? 'settled' : 'stale'
  }

  /** Gives back what was claimed and never handed over. */
  async giveBack(claims: readonly Claim[]): Promise<void> {
    await this.transact((store) => {
      for (const claim of claims) store.release(claim, this.time())
    })
    this.lookAgainAtNextDue()
    for (const queue of new Set(claims.map((claim) => claim.queue))) this.wake(queue)
  }

  /** Runs a change that makes a message done, and now and then sweeps in the same transaction. */
  #finish(work: (store: MessageStore, at: number) => boolean): Promise<boolean> {
    this.#finished += 1
    const sweeps = this.#finished % SWEEP_EVERY === 0
    return this.transact((store) => {
      const at = this.time()
      if (sweeps) this.#sweep(at, 2 * SWEEP_EVERY)
      return work(store, at)
    })
  }

  #sweep(at: number, limit: number): void {
    const { ageMs, countMax } = this.#retention
    this.#store.sweep({ finishedBefore: at - ageMs, countMax, limit })
  }

  /** Makes sure that the driver looks again when the next lease, delay or time to live ends. */
  lookAgainAtNextDue(): void {
    if (this.#closing === undefined) this.#alarm.setFor(this.#store.nextDueAt())
  }

  callLater(delayMs: number, callback: () => void): () => void {
    return this.#clock.schedule(delayMs, callback)
  }

  retryAfterFailure(callback: () => void): () => void {
    return this.#clock.schedule(STORE_RETRY_MS, callback)
  }

  async #moveDue(): Promise<void> {
    try {
      const { released, expired } = await this.transact((store) => {
        const at = this.time()
        const due = { released: store.releaseDue(at, DUE_MAX), expired: store.expireDue(at, DUE_MAX) }
        if (due.expired.length > 0) this.#sweep(at, 2 * due.expired.length)
        return due
      })
      for (const lease of released) {
        for (const taker of this.#takersOf(lease.queue)) taker.forget(lease)
      }
      const queues = [...released.map(({ queue }) => queue), ...expired.map(deadLetterQueueOf)]
      for (const queue of new Set(queues)) this.wake(queue)
      this.lookAgainAtNextDue()
    } catch (error) {
      if (this.#closing !== undefined) return
      for (const taker of [...this.#takers.values()].flat()) taker.report(error)
      this.#alarm.setFor(this.time() + STORE_RETRY_MS)
    }
  }
}
