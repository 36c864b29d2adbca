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
import { NO_TOPOLOGY, type QueueDefinition, routesOf, type Topology } from '../../topology'
import { toDeadLetter } from './dead-letter-record'
import { EmbeddedSubscription } from './embedded-subscription'
import type { Claim, Lease, MessageStore } from './message-store'
import { settleLease, waitOf } from './settle-lease'
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

const QUEUE_FULL_RETRY_AFTER_SECONDS = 5

/** After a failure of the store, such as a full disk, it is not asked again before. */
const STORE_RETRY_MS = 1_000

/** Most messages made ready in one step when many delays end together; the rest follows at once. */
const RELEASE_MAX = 1_000

/** Most messages that are purged or replayed in one transaction: it bounds how long the event loop is held. */
const STEP_MAX = 500

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
 * timer is set to the next lease or delay that ends.
 */
export class EmbeddedDriver implements ClaimableDriver {
  readonly system: string
  readonly #store: MessageStore
  readonly #clock: Clock
  readonly #timeOffset: number
  readonly #topology: Topology
  readonly #definitions: ReadonlyMap<string, QueueDefinition>
  readonly #queueLengthMax: number
  readonly #retention: Retention
  /** Who takes messages, by queue, the first to be woken first. */
  readonly #takers = new Map<string, readonly Taker[]>()
  #alarmAt = Number.POSITIVE_INFINITY
  #cancelAlarm = () => {}
  #finished = 0
  #closing: Promise<void> | undefined

  constructor(options: EmbeddedDriverOptions) {
    this.system = options.system
    this.#store = options.store
    this.#clock = options.clock
    this.#timeOffset = options.openedAt - options.clock.elapsed()
    this.#topology = options.topology ?? NO_TOPOLOGY
    this.#definitions = new Map(this.#topology.queues.map((queue) => [queue.name, queue]))
    this.#queueLengthMax = options.queueLengthMax ?? QUEUE_LENGTH_MAX
    this.#retention = options.retention ?? RETENTION
    this.#setAlarm(this.#store.nextDueAt())
  }

  /** Milliseconds since the epoch as far as this driver is concerned; see the class. */
  time(): number {
    return Math.ceil(this.#timeOffset + this.#clock.elapsed())
  }

  async send(queue: string, message: WireMessage): Promise<SendReceipt> {
    this.#assertOpen()
    const inserting = this.#store.transact(() => this.#insert(queue, message))
    // Woken before the commit, a subscriber with room claims the message in the same transaction.
    this.wake(queue)
    const receipt = await inserting
    if (receipt instanceof AppError) throw receipt
    return receipt
  }

  async publish(exchange: string, routingKey: string, message: WireMessage): Promise<PublishOutcome> {
    this.#assertOpen()
    const queues = routesOf(this.#topology, exchange, routingKey)
    if (queues.length === 0) return { isRouted: false, duplicate: false }
    const inserting = this.#store.transact(() => queues.map((queue) => this.#insertOrThrow(queue, message)))
    for (const queue of queues) this.wake(queue)
    const receipts = await inserting
    return { isRouted: true, duplicate: receipts.every(({ duplicate }) => duplicate) }
  }

  /** Thrown, so that the copies in the other queues are undone. */
  #insertOrThrow(queue: string, message: WireMessage): SendReceipt {
    const receipt = this.#insert(queue, message)
    if (receipt instanceof AppError) throw receipt
    return receipt
  }

  /** A refusal is a result, not thrown: it is to be expected, and there is nothing to undo. */
  #insert(queue: string, message: WireMessage): SendReceipt | AppError {
    const lengthMax = this.#lengthMaxOf(queue)
    if (this.#waiting(queue) >= lengthMax && !this.#store.has(queue, message.id)) {
      return new AppError('queue-full', {
        detail: `${queue} holds ${lengthMax} messages, its limit`,
        retryAfterSeconds: QUEUE_FULL_RETRY_AFTER_SECONDS,
      })
    }
    const outcome = this.#store.insert(queue, message)
    if (outcome === 'conflict') {
      return new AppError('request-conflict', {
        detail: `message ${message.id} was sent to ${queue} with another body`,
      })
    }
    return { duplicate: outcome === 'duplicate', queueSize: this.#waiting(queue) }
  }

  #lengthMaxOf(queue: string): number {
    return this.#definitions.get(queue)?.lengthMax ?? this.#queueLengthMax
  }

  #waiting(queue: string): number {
    const { ready, delayed } = this.#store.counts(queue)
    return ready + delayed
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
    const settled = this.settleClaim((store) => store.findClaim(lease), settlement)
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
    return [...new Set([...this.#definitions.keys(), ...this.#store.queues()])].sort()
  }

  async lookup(messageId: string): Promise<MessageRecord | undefined> {
    return this.#store.lookup(messageId)
  }

  async peek(messageId: string): Promise<WireMessage | undefined> {
    return this.#store.peek(messageId)
  }

  async purge(queue: string): Promise<number> {
    this.#assertOpen()
    const until = this.#store.lastSequence()
    return inSteps(Number.POSITIVE_INFINITY, async (limit) => {
      const purged = await this.transact((store) => store.purge(queue, { until, limit }))
      return { count: purged, isLast: purged < limit }
    })
  }

  async deadLetters(queue: string, { limit, after }: DeadLetterPageRequest): Promise<DeadLetterPage> {
    const page = this.#store.deadLetters(queue, { after: parsePageMark(after), limit: limit + 1 })
    const shown = page.slice(0, limit)
    return {
      deadLetters: shown.map(({ message }) => toDeadLetter(message)),
      next: page.length > limit ? String(shown.at(-1)?.sequence) : undefined,
    }
  }

  async replay(queue: string, { messageIds, limit, headers }: ReplaySelection): Promise<readonly string[]> {
    this.#assertOpen()
    // What fails again meanwhile is a younger dead letter and stays one.
    const until = this.#store.lastSequence()
    const replayed: string[] = []
    await inSteps(limit, async (stepMax) => {
      const moving = this.transact((store) => {
        const room = Math.max(0, this.#lengthMaxOf(queue) - this.#waiting(queue))
        return store.replay(queue, { until, limit: Math.min(stepMax, room), messageIds, headers })
      })
      this.wake(queue)
      const moved = await moving
      replayed.push(...moved)
      return { count: moved.length, isLast: moved.length < stepMax }
    })
    return replayed
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
    this.#cancelAlarm()
    await this.#store.close()
  }

  // What takers and deliveries need of the driver.

  /** Offers what is ready to those who take from the queue. */
  wake(queue: string): void {
    for (const taker of this.#takersOf(queue)) taker.wake()
  }

  transact<Result>(work: (store: MessageStore) => Result): Promise<Result> {
    return this.#store.transact(() => work(this.#store))
  }

  /** Leases what is ready, up to `count` messages. */
  async claimNow(queue: string, count: number, leaseMs: number): Promise<readonly Claim[]> {
    const claims = await this.transact((store) => store.claim(queue, count, this.time() + leaseMs))
    if (claims.length > 0) this.lookAgainAt(this.time() + leaseMs)
    return claims
  }

  /** `find` is called in the transaction of the settlement. */
  async settleClaim(
    find: (store: MessageStore) => Claim | undefined,
    settlement: LeaseSettlement,
  ): Promise<Settlement> {
    const until = this.time() + waitOf(settlement)
    if (settlement.action === 'nack' && settlement.delayMs > 0) this.lookAgainAt(until)
    const change = (store: MessageStore, at: number) => {
      const claim = find(store)
      return claim !== undefined && settleLease(store, claim, settlement, { at, until })
    }
    const isFinished = settlement.action === 'ack' || settlement.action === 'dead-letter'
    const changed = isFinished
      ? await this.#finish(change)
      : await this.transact((store) => change(store, this.time()))
    return changed ? 'settled' : 'stale'
  }

  /** Runs a change that makes a message done, and now and then sweeps in the same transaction. */
  #finish(work: (store: MessageStore, at: number) => boolean): Promise<boolean> {
    this.#finished += 1
    const sweeps = this.#finished % SWEEP_EVERY === 0
    return this.transact((store) => {
      const at = this.time()
      const { ageMs, countMax } = this.#retention
      if (sweeps) store.sweep({ finishedBefore: at - ageMs, countMax, limit: 2 * SWEEP_EVERY })
      return work(store, at)
    })
  }

  /** Makes sure that the driver looks again at `time`, when a lease or a delay may end. */
  lookAgainAt(time: number): void {
    if (this.#closing === undefined && time < this.#alarmAt) this.#setAlarm(time)
  }

  callLater(delayMs: number, callback: () => void): () => void {
    return this.#clock.schedule(delayMs, callback)
  }

  retryAfterFailure(callback: () => void): () => void {
    return this.#clock.schedule(STORE_RETRY_MS, callback)
  }

  #setAlarm(time: number | undefined): void {
    this.#cancelAlarm()
    this.#alarmAt = time ?? Number.POSITIVE_INFINITY
    this.#cancelAlarm =
      time === undefined
        ? () => {}
        : this.#clock.schedule(Math.max(0, time - this.time()), () => void this.#releaseDue())
  }

  async #releaseDue(): Promise<void> {
    this.#setAlarm(undefined)
    try {
      const released = await this.#store.transact(() => this.#store.releaseDue(this.time(), RELEASE_MAX))
      for (const lease of released) {
        for (const taker of this.#takersOf(lease.queue)) taker.forget(lease)
      }
      for (const queue of new Set(released.map((lease) => lease.queue))) this.wake(queue)
      if (this.#closing === undefined) this.#lookAgainAtNextDue()
    } catch (error) {
      if (this.#closing !== undefined) return
      for (const taker of [...this.#takers.values()].flat()) taker.report(error)
      this.lookAgainAt(this.time() + STORE_RETRY_MS)
    }
  }

  #lookAgainAtNextDue(): void {
    const next = this.#store.nextDueAt()
    if (next !== undefined) this.lookAgainAt(next)
  }
}

/** Repeats `step` until it was the last one or `max` is reached; the sum of what it counted. */
async function inSteps(
  max: number,
  step: (limit: number) => Promise<{ readonly count: number; readonly isLast: boolean }>,
): Promise<number> {
  let total = 0
  while (total < max) {
    const { count, isLast } = await step(Math.min(STEP_MAX, max - total))
    total += count
    if (isLast) break
  }
  return total
}

/** The place in the order of arrival after which a page of dead letters begins. */
function parsePageMark(after: string | undefined): number {
  if (after === undefined) return 0
  if (!/^\d{1,15}$/.test(after)) {
    throw new AppError('invalid-request', { detail: `${JSON.stringify(after)} is no mark of a page` })
  }
  return Number(after)
}
