import type { Clock } from '../../clock'
import type { Delivery, Settlement, SubscribeOptions } from '../../driver'
import { type DeadLetterCause, EXPIRED_CAUSE, type MessagePriority } from '../../message'
import type { QueueDefinition } from '../../topology'
import { AckLine } from './ack-line'
import { type AmqpChannel, type AmqpConnection, type AmqpDelivery, hasReplyCode, REPLY } from './amqp'
import type { BrokerLink } from './broker-link'
import type { Copies, CopyOf } from './copies'
import { prioritiesOf } from './declarations'
import type { HeldMessages } from './held-messages'
import { fromAmqp, type IncomingMessage } from './message-codec'
import type { PhysicalNames } from './physical-names'
import type { TopologyDeclarer } from './topology-declarer'

export interface SubscriptionSetup {
  readonly link: BrokerLink
  readonly names: PhysicalNames
  readonly declarer: TopologyDeclarer
  readonly copies: Copies
  readonly held: HeldMessages
  readonly clock: Clock
  /** Told of every message that is handed over for the first time. */
  onFirstDelivery(queue: string, enqueuedAt: number): void
  /** Told once, when it is stopped and nothing that it handed over is held any more. */
  onEnded(): void
}

/** A channel that could not be opened on a living connection is tried again after this. */
const REOPEN_MS = 1_000

/**
 * Of a queue with priorities this many more than the prefetch are fetched of each priority, so that one of the
 * highest is at hand whenever a place becomes free.
 */
const FETCHED_AHEAD_MIN = 10

/**
 * One subscriber of one queue, with a channel of its own that is opened anew on each connection. What arrives is
 *
 * - fetched:   the broker gave it to this process; waits until there is a place and nobody here holds it
 * - held:      handed over, in one of `prefetch` places, until it is settled
 * - orphaned:  held, but its channel is gone and the broker gives it to somebody else; keeps its place until its
 *              holder settles, which does nothing any more (`stale`), or its lease has run out
 */
export class Subscription {
  readonly #setup: SubscriptionSetup
  readonly #definition: QueueDefinition
  readonly #options: SubscribeOptions
  readonly #deliver: (delivery: Delivery) => void
  readonly #places = new Set<RabbitmqDelivery>()
  readonly #stopListening: () => void
  #session: ConsumerSession | undefined
  #opening: Promise<void> | undefined
  #cancelReopen = () => {}
  #stopped = false
  #stopping: Promise<void> | undefined
  /** Nothing that was fetched is left: now the channel may end with the last delivery that is settled. */
  #gaveBack = false
  #closing: Promise<void> | undefined

  constructor(
    setup: SubscriptionSetup,
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ) {
    this.#setup = setup
    this.#definition = setup.declarer.definitionOf(queue)
    this.#options = options
    this.#deliver = deliver
    const listener = { up: (connection: AmqpConnection) => void this.#openOn(connection) }
    setup.link.watch(listener)
    const stopWaking = setup.held.onLetGo(() => this.#pump())
    this.#stopListening = () => {
      setup.link.unwatch(listener)
      stopWaking()
    }
  }

  get queue(): string {
    return this.#definition.name
  }

  /** Handed over and not settled. */
  get heldCount(): number {
    return this.#places.size
  }

  get isConsuming(): boolean {
    return this.#session?.isAlive === true && !this.#stopped
  }

  /** Begins to consume when there is a connection, and else when there will be one. */
  async start(): Promise<void> {
    const { connection } = this.#setup.link
    if (connection !== undefined) await this.#openOn(connection)
  }

  #openOn(connection: AmqpConnection): Promise<void> {
    this.#cancelReopen()
    const opening = this.#open(connection)
      .catch((error) => this.#openFailed(connection, error))
      .finally(() => {
        if (this.#opening === opening) this.#opening = undefined
      })
    this.#opening = opening
    return opening
  }

  async #open(connection: AmqpConnection): Promise<void> {
    const { declarer, names } = this.#setup
    if (this.#stopped) return
    await declarer.declareQueue(this.queue, connection)
    const channel = await connection.createChannel({ confirms: false })
    const priorities = prioritiesOf(this.#definition)
    const session = new ConsumerSession(channel, priorities)
    channel.listen({
      delivered: (message) => this.#fetched(session, message),
      cancelled: () => this.#queueIsGone(session),
      closed: (error) => this.#ended(session, error),
    })
    this.#session = session
    const { prefetch } = this.#options
    const ahead = priorities.length > 1 ? Math.max(FETCHED_AHEAD_MIN, prefetch) : 0
    await channel.prefetch(prefetch + ahead)
    for (const priority of priorities) {
      if (this.#stopped) break
      await channel.consume(names.queue(this.queue, priority), priority)
      session.tags.push(priority)
    }
    // Its end may have been told together with the last answer.
    if (!session.isAlive) throw new Error(`the channel for ${this.queue} ended in the moment it was opened`)
    session.isOpen = true
    this.#pump()
  }

  #openFailed(connection: AmqpConnection, error: unknown): void {
    if (this.#stopped || this.#setup.link.connection !== connection) return
    if (hasReplyCode(error, REPLY.NOT_FOUND)) this.#setup.declarer.forgetQueue(this.queue)
    this.#options.onError(error)
    this.#reopenSoon()
  }

  #reopenSoon(): void {
    this.#cancelReopen()
    this.#cancelReopen = this.#setup.clock.schedule(REOPEN_MS, () => {
      const { connection } = this.#setup.link
      if (!this.#stopped && connection !== undefined && this.#session?.isAlive !== true) {
        void this.#openOn(connection)
      }
    })
  }

  #queueIsGone(session: ConsumerSession): void {
    this.#options.onError(new Error(`the queue ${this.queue} was deleted; it is declared again`))
    this.#setup.declarer.forgetQueue(this.queue)
    // With its channel the consumers of its other priorities end too, and all begin together.
    void session.channel.close()
  }

  /** The channel is gone, and with it the right to settle what came on it. */
  #ended(session: ConsumerSession, error: Error | undefined): void {
    session.isAlive = false
    session.fetched.clear()
    // After a close nobody here waits for what is held, and a lease would only keep the process from ending.
    const orphans = this.#closing === undefined ? [...this.#places] : []
    for (const delivery of orphans.filter((one) => one.session === session)) this.#orphan(delivery)
    if (this.#stopped || this.#session !== session) return
    const { connection } = this.#setup.link
    if (connection === undefined || !session.isOpen) return
    if (error !== undefined) this.#options.onError(error)
    this.#reopenSoon()
  }

  #orphan(delivery: RabbitmqDelivery): void {
    const cancel = this.#setup.clock.schedule(this.#options.leaseMs, () => this.letGo(delivery))
    delivery.onLetGo = cancel
  }

  #fetched(session: ConsumerSession, raw: AmqpDelivery): void {
    const priority = session.priorities.find((one) => one === raw.consumerTag) ?? 'normal'
    const { clock, declarer } = this.#setup
    session.acks.delivered(raw.deliveryTag)
    const incoming = fromAmqp(raw, {
      priority,
      now: clock.now(),
      toWorkQueue: (physical) => declarer.workQueueOf(physical)?.queue,
    })
    session.add({ session, tag: raw.deliveryTag, priority, incoming })
    if (session.isOpen) this.#pump()
  }

  /** Hands over while there are places, the highest priority first. */
  #pump(): void {
    const session = this.#session
    while (
      session?.isOpen &&
      session.isAlive &&
      !this.#stopped &&
      this.#places.size < this.#options.prefetch
    ) {
      const next = session.take(({ message }) => !this.#setup.held.isHeld(this.queue, message.id))
      if (next === undefined) return
      this.#handOver(next)
    }
  }

  #handOver(fetched: FetchedMessage): void {
    const { message, redelivered } = fetched.incoming
    const delivery = new RabbitmqDelivery(this, fetched)
    this.#places.add(delivery)
    this.#setup.held.hold(this.queue, message.id, delivery)
    if (isExpired(fetched.incoming, this.#setup.clock.now())) {
      delivery.expire().catch((error) => this.#options.onError(error))
      return
    }
    if (fetched.incoming.isUncounted) {
      void this.#countFirst(delivery)
      return
    }
    if (!redelivered) this.#setup.onFirstDelivery(this.queue, message.enqueuedAt)
    this.#deliver(delivery)
  }

  /**
   * A classic queue says that a message came back and not how often, so one that ends each of its consumers would come
   * for ever. Its copy, which says it, takes its place; where there can be none, the message is handed over as it is.
   */
  async #countFirst(delivery: RabbitmqDelivery): Promise<void> {
    if (await delivery.recount()) return
    if (this.#stopped || !delivery.session.isAlive) delivery.putBack()
    else this.#deliver(delivery)
  }

  /** Ends its consumers and gives back what was fetched. What is held can still be settled. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#stopped = true
    this.#stopListening()
    this.#cancelReopen()
    await this.#opening
    if (this.#session?.isAlive === true) await this.#giveUpFetching(this.#session)
    this.#gaveBack = true
    await this.#closeIfDone()
  }

  async #giveUpFetching(session: ConsumerSession): Promise<void> {
    try {
      await this.#awaitFetched(session)
      for (const tag of session.tags.splice(0)) await session.channel.cancel(tag)
      session.acks.letGo()
      // After its answer nothing that was on its way when the consumers ended can come any more.
      await session.channel.prefetch(1)
    } catch {
      // The channel has ended; what was fetched is back in the queue.
    }
    await Promise.all(session.takeAll().map((fetched) => this.#giveBack(fetched)))
  }

  /**
   * Resolves when all has come that acks made room for, and keeps further acks back. What is on its way to a consumer
   * when that ends the broker takes back, and counts as a delivery. Only what is published at the moment of the end,
   * to a consumer that has room, may still be taken back; so without acks the end comes at once.
   */
  async #awaitFetched(session: ConsumerSession): Promise<void> {
    const { mayBeAnswered } = session.acks
    session.acks.holdBack()
    if (mayBeAnswered) await this.#awaitAcks(session)
  }

  /**
   * A queue answers a `get` after the acks that it was given before, and what those let go is sent ahead of the
   * answer to one more call. What the `get` takes is fetched like the rest. A consumer that is begun and ended for
   * this would have its message taken back, and counted.
   */
  async #awaitAcks(session: ConsumerSession): Promise<void> {
    for (const priority of session.priorities) {
      const raw = await session.channel.get(this.#setup.names.queue(this.queue, priority))
      if (raw !== undefined) this.#fetched(session, { ...raw, consumerTag: priority })
    }
    await session.channel.prefetch(1)
  }

  /** A copy, because what the broker itself takes back it counts as a delivery. */
  async #giveBack({ session, tag, priority, incoming }: FetchedMessage): Promise<void> {
    const { message, redelivered } = incoming
    // One that was never handed over is as good as never delivered.
    const attempts = redelivered ? incoming.attempts : undefined
    try {
      await this.copies.again({ queue: this.queue, priority, message, attempts })
      if (session.isAlive) session.acks.ack(tag)
    } catch {
      if (session.isAlive) session.acks.requeue(tag)
    }
  }

  async #closeIfDone(): Promise<void> {
    if (this.#gaveBack && this.#places.size === 0) await this.close()
  }

  /** Ends the channel, and so gives back what is held. To be stopped before. */
  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => this.#setup.onEnded())
    return this.#closing
  }

  async #close(): Promise<void> {
    // Leases of orphans that nobody waits for any more.
    for (const delivery of this.#places) delivery.onLetGo()
    const session = this.#session
    if (session?.isAlive !== true) return
    session.acks.flush()
    try {
      if (session.acks.mayBeUnderway) {
        await this.#awaitAcks(session)
        await Promise.all(session.takeAll().map((fetched) => this.#giveBack(fetched)))
      }
      session.acks.flush()
    } catch {
      // The channel has ended.
    }
    await session.channel.close()
  }

  // What deliveries need of their subscription.

  get copies(): Copies {
    return this.#setup.copies
  }

  letGo(delivery: RabbitmqDelivery): void {
    if (!this.#places.delete(delivery)) return
    delivery.onLetGo()
    this.#setup.held.letGo(this.queue, delivery.message.id, delivery)
    this.#pump()
    if (this.#gaveBack) void this.#closeIfDone()
  }
}

interface FetchedMessage {
  readonly session: ConsumerSession
  readonly tag: number
  readonly priority: MessagePriority
  readonly incoming: IncomingMessage
}

/** One life of a subscription's channel. */
class ConsumerSession {
  /** All of its consumers have begun. */
  isOpen = false
  isAlive = true
  readonly tags: string[] = []
  readonly acks: AckLine
  readonly fetched = new Map<MessagePriority, FetchedMessage[]>()

  constructor(
    readonly channel: AmqpChannel,
    readonly priorities: readonly MessagePriority[],
  ) {
    this.acks = new AckLine(channel)
  }

  add(message: FetchedMessage): void {
    const line = this.fetched.get(message.priority)
    if (line === undefined) this.fetched.set(message.priority, [message])
    else line.push(message)
  }

  take(isFree: (incoming: IncomingMessage) => boolean): FetchedMessage | undefined {
    for (const priority of this.priorities) {
      const line = this.fetched.get(priority) ?? []
      const index = line.findIndex(({ incoming }) => isFree(incoming))
      if (index >= 0) return line.splice(index, 1)[0]
    }
    return undefined
  }

  takeAll(): FetchedMessage[] {
    const all = [...this.fetched.values()].flat()
    this.fetched.clear()
    return all
  }
}

/**
 * Whether a message has waited too long since its retry was due. Otherwise the broker watches, but what comes
 * back from a retry queue has lost its expiration on the way.
 */
function isExpired({ message: { ttlMs }, readyAt }: IncomingMessage, now: number): boolean {
  return ttlMs !== undefined && readyAt !== undefined && now > readyAt + ttlMs
}

class RabbitmqDelivery implements Delivery {
  readonly message: Delivery['message']
  readonly attempt: number
  readonly redelivered: boolean
  readonly session: ConsumerSession
  /** Called once, when its place is free again. */
  onLetGo = () => {}
  readonly #subscription: Subscription
  readonly #tag: number
  readonly #priority: MessagePriority
  #isSettling = false

  constructor(subscription: Subscription, { session, tag, priority, incoming }: FetchedMessage) {
    this.message = incoming.message
    this.attempt = incoming.attempts + 1
    this.redelivered = incoming.redelivered
    this.session = session
    this.#subscription = subscription
    this.#tag = tag
    this.#priority = priority
  }

  ack(): Promise<Settlement> {
    return this.#settle(async () => {})
  }

  nack({ delayMs }: { readonly delayMs: number }): Promise<Settlement> {
    const { copies } = this.#subscription
    const copy = this.#copyWith(this.attempt)
    return this.#settle(() => (delayMs > 0 ? copies.later(copy, delayMs) : copies.again(copy)))
  }

  release(): Promise<Settlement> {
    return this.#settle(() => this.#subscription.copies.again(this.#copyWith(this.attempt - 1)))
  }

  deadLetter(cause: DeadLetterCause): Promise<Settlement> {
    return this.#settle(() => this.#subscription.copies.dead(this.#copyWith(this.attempt), cause))
  }

  /** Given up without having been handed over. */
  expire(): Promise<Settlement> {
    return this.#settle(() => this.#subscription.copies.dead(this.#copyWith(this.attempt - 1), EXPIRED_CAUSE))
  }

  /** Whether a copy that has its attempts is in its place now. It was not handed over before. */
  async recount(): Promise<boolean> {
    try {
      await this.#subscription.copies.again(this.#copyWith(this.attempt - 1))
    } catch {
      return false
    }
    await this.ack()
    return true
  }

  /** To the broker, which takes it for delivered, if it has not got it back already. */
  putBack(): void {
    this.#isSettling = true
    this.#tellBroker((acks) => acks.requeue(this.#tag))
    this.#subscription.letGo(this)
  }

  /** The broker has no leases: a message is held for as long as its channel lives. */
  async extend(): Promise<Settlement> {
    return this.#isSettling || !this.session.isAlive ? 'stale' : 'settled'
  }

  #copyWith(attempts: number): CopyOf {
    return { queue: this.#subscription.queue, priority: this.#priority, message: this.message, attempts }
  }

  /** What was put elsewhere is acked after. When it cannot be, the broker takes the message back at once. */
  async #settle(putElsewhere: () => Promise<void>): Promise<Settlement> {
    if (this.#isSettling) return 'stale'
    this.#isSettling = true
    try {
      if (!this.session.isAlive) return 'stale'
      await putElsewhere()
      return this.#tellBroker((acks) => acks.ack(this.#tag))
    } catch (error) {
      this.#tellBroker((acks) => acks.requeue(this.#tag))
      throw error
    } finally {
      this.#subscription.letGo(this)
    }
  }

  #tellBroker(tell: (acks: AckLine) => void): Settlement {
    if (!this.session.isAlive) return 'stale'
    tell(this.session.acks)
    return 'settled'
  }
}
