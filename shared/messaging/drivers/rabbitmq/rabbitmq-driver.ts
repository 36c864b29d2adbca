import { AppError } from '#shared/errors'
import { within } from '#shared/timing'
import type { BusLogger } from '../../bus-logger'
import { type Clock, systemClock } from '../../clock'
import type {
  DeadLetterPage,
  DeadLetterPageRequest,
  Delivery,
  DriverConnection,
  DriverSubscription,
  PublishOutcome,
  QueueStats,
  ReplaySelection,
  SendReceipt,
  SubscribeOptions,
} from '../../driver'
import { isDeadLetterQueue, type MessagePriority, type WireMessage } from '../../message'
import { PUBLISHER_PRESETS, type PublisherOptions } from '../../publisher-presets'
import type { NoteDeadLetter, TappableDriver } from '../../tappable-driver'
import { type Binding, NO_TOPOLOGY, type QueueDefinition, routesOf, type Topology } from '../../topology'
import type { AmqpConnection, ConnectToBroker, TlsOptions } from './amqp'
import { connectWithAmqplib } from './amqplib-client'
import { type BrokerAddress, parseBrokerUrl } from './broker-address'
import { BrokerDesk } from './broker-desk'
import { BrokerLink } from './broker-link'
import { Copies, toBuffer } from './copies'
import { DeadLetterDesk } from './dead-letter-desk'
import { DeadLetterTap } from './dead-letter-tap'
import { exchangePriorities, prioritiesOf } from './declarations'
import { HeldMessages } from './held-messages'
import { assertSendable, toProperties } from './message-codec'
import type { OutgoingParcel, PublishResult } from './outbox'
import { PhysicalNames } from './physical-names'
import { Publisher, type PublishReport } from './publisher'
import { SentMessages } from './sent-messages'
import { Subscription } from './subscription'
import { TopologyDeclarer } from './topology-declarer'

export interface ConnectionOptions {
  /** Silence after which a connection counts as lost, as the broker agrees to it; 0 never. */
  readonly heartbeatSeconds: number
  readonly connectTimeoutMs: number
  /** The first wait before connecting again, and the longest. */
  readonly reconnectMinMs: number
  readonly reconnectMaxMs: number
  readonly tls: TlsOptions
}

export const CONNECTION_DEFAULTS: ConnectionOptions = {
  heartbeatSeconds: 10,
  connectTimeoutMs: 5_000,
  reconnectMinMs: 100,
  reconnectMaxMs: 10_000,
  tls: { verify: true },
}

export interface RabbitmqDriverOptions {
  /** `amqp://user:password@host:port/vhost` or `amqps://…`. */
  readonly url: string
  /** Begins the name of everything on the broker. */
  readonly namePrefix?: string
  readonly topology?: Topology
  /** How queues are that the topology does not name. */
  readonly queueDefaults?: Omit<QueueDefinition, 'name'>
  readonly publisher?: Partial<PublisherOptions>
  readonly connection?: Partial<ConnectionOptions>
  /** Shown by the broker's management. */
  readonly connectionName?: string
  /** Ids of sent messages that are recognised when they are sent again. */
  readonly rememberedMax?: number
  /** The longest that `close` takes, for all that is on its way to the broker and for the broker's answers. */
  readonly closeTimeoutMs?: number
  readonly onPublished?: (report: PublishReport) => void
  /** Told of connections that fail and come back. */
  readonly logger?: BusLogger
  readonly clock?: Clock
  /** How a connection is made; the client library's unless told otherwise. */
  readonly connect?: ConnectToBroker
}

const QUEUE_DEFAULTS: Omit<QueueDefinition, 'name'> = {
  type: 'quorum',
  deliveryLimit: 10,
  lengthMax: 100_000,
}

const REMEMBERED_MAX = 10_000

const CLOSE_TIMEOUT_MS = 3_000

/** Longest wait for the broker to say whether it has a queue. */
const CHECK_TIMEOUT_MS = 1_000

/**
 * Messages in a RabbitMQ broker, 3.10 or later. Resolves when the first attempt to connect has ended, whichever
 * way: a broker that is away is waited for, and what is sent meanwhile waits with it.
 *
 * @throws Error for a URL that is none, or a topology that no broker can have
 * @throws AppError `broker-refused`: the broker does not let this user in · `topology-mismatch`: it has a queue
 * with other settings
 */
export async function createRabbitmqDriver(options: RabbitmqDriverOptions): Promise<TappableDriver> {
  const driver = new RabbitmqDriver(options)
  try {
    await driver.open()
  } catch (error) {
    await driver.close()
    throw error
  }
  return driver
}

/**
 * Publishes on connections of its own and consumes on another: a broker that is short of memory stops reading
 * from those that publish, and must not stop acks with them.
 */
class RabbitmqDriver implements TappableDriver {
  readonly system = 'rabbitmq'
  readonly #clock: Clock
  readonly #names: PhysicalNames
  readonly #topology: Topology
  readonly #publisherOptions: PublisherOptions
  readonly #declarer: TopologyDeclarer
  readonly #publishingLinks: readonly BrokerLink[]
  readonly #consumingLink: BrokerLink
  readonly #publisher: Publisher
  readonly #confirming: Publisher
  readonly #copies: Copies
  readonly #desk: BrokerDesk
  readonly #deadLetters: DeadLetterDesk
  readonly #held = new HeldMessages()
  readonly #sent: SentMessages
  /** Sends that have not ended, by message and destination. */
  readonly #sending = new Map<string, { readonly body: Buffer; readonly result: Promise<PublishResult> }>()
  /** Those that have not ended. */
  readonly #subscriptions = new Set<Subscription>()
  readonly #taps = new Set<DeadLetterTap>()
  readonly #logger: BusLogger | undefined
  readonly #lastDelivered = new Map<string, number>()
  readonly #closeTimeoutMs: number
  #isDeclaringAgain = false
  #closing: Promise<void> | undefined

  constructor(options: RabbitmqDriverOptions) {
    const { logger, onPublished = () => {}, clock = systemClock } = options
    this.#clock = clock
    this.#logger = logger
    this.#closeTimeoutMs = options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS
    this.#topology = options.topology ?? NO_TOPOLOGY
    this.#names = new PhysicalNames(options.namePrefix)
    this.#publisherOptions = { ...PUBLISHER_PRESETS.production, ...options.publisher }
    this.#sent = new SentMessages(options.rememberedMax ?? REMEMBERED_MAX)
    this.#declarer = new TopologyDeclarer({
      topology: this.#topology,
      names: this.#names,
      queueDefaults: { ...QUEUE_DEFAULTS, ...options.queueDefaults },
    })
    const address = parseBrokerUrl(options.url)
    const { connections, confirms } = this.#publisherOptions
    this.#publishingLinks = Array.from({ length: connections }, () =>
      this.#createLink(options, address, 'publisher'),
    )
    this.#consumingLink = this.#createLink(options, address, 'consumer')

    const onTrouble = (error: unknown) => logger?.warn({ err: error }, 'publishing to the broker fails')
    const onMissing = () => this.#declareAgain()
    const setup = { links: this.#publishingLinks, clock, onTrouble, onMissing }
    this.#publisher = new Publisher({ ...setup, options: this.#publisherOptions, onPublished })
    this.#confirming = confirms
      ? this.#publisher
      : new Publisher({
          ...setup,
          options: { ...this.#publisherOptions, confirms: true },
          onPublished: () => {},
        })
    this.#desk = new BrokerDesk(this.#consumingLink)
    this.#copies = new Copies({
      publisher: this.#confirming,
      names: this.#names,
      declarer: this.#declarer,
      clock,
      declareDelay: async (delayMs) => {
        const { connection } = this.#consumingLink
        if (connection !== undefined) await this.#declarer.declareDelay(delayMs, connection)
      },
      declareQueue: async (queue) => this.#declareQueue(queue),
      hasDeadLetterQueue: (queue) => this.#hasDeadLetterQueue(queue),
    })
    this.#deadLetters = new DeadLetterDesk({
      desk: this.#desk,
      names: this.#names,
      declarer: this.#declarer,
      copies: this.#copies,
      clock,
    })
  }

  #createLink(options: RabbitmqDriverOptions, address: BrokerAddress, role: string): BrokerLink {
    const { logger, connect = connectWithAmqplib, connectionName = 'dataprime-mesh' } = options
    const connection = { ...CONNECTION_DEFAULTS, ...options.connection }
    const link: BrokerLink = new BrokerLink({
      address,
      connect,
      connectOptions: {
        connectionName: `${connectionName} ${role}`,
        heartbeatSeconds: connection.heartbeatSeconds,
        timeoutMs: connection.connectTimeoutMs,
        tls: connection.tls,
      },
      reconnectMinMs: connection.reconnectMinMs,
      reconnectMaxMs: connection.reconnectMaxMs,
      clock: this.#clock,
      prepare: (amqp) => this.#declarer.declareAll(amqp),
      onTrouble: (error) => logger?.warn({ err: error, role }, 'no connection to the broker'),
    })
    // What the broker had may be gone with the connection; the first one back declares it again.
    link.watch({
      down: () => this.#declarer.forget(),
      blocked: () => logger?.warn({ role, reason: link.obstacle }, 'the broker takes no messages'),
    })
    return link
  }

  async open(): Promise<void> {
    const links = [...this.#publishingLinks, this.#consumingLink]
    const opened = await Promise.allSettled(links.map((link) => link.open()))
    for (const result of opened) if (result.status === 'rejected') throw result.reason
  }

  /** Once for all messages that find out meanwhile. */
  #declareAgain(): void {
    const { connection } = this.#consumingLink
    if (this.#isDeclaringAgain) return
    this.#declarer.forget()
    if (connection === undefined) return
    this.#isDeclaringAgain = true
    const done = () => {
      this.#isDeclaringAgain = false
    }
    this.#declarer.declareAll(connection).then(done, done)
  }

  async send(queue: string, message: WireMessage): Promise<SendReceipt> {
    this.#assertOpen()
    const definition = this.#declarer.definitionOf(queue)
    const priority = message.priority ?? 'normal'
    if (priority !== 'normal' && definition.priorities !== true) throw refusePriority(queue, priority)
    const exchange = ''
    const routingKey = this.#names.queue(queue, priority)
    const parcel = this.#toParcel(exchange, routingKey, message, queue)
    const { duplicate, isRouted } = await this.#sendOnce(parcel, () => this.#publishToQueue(parcel, queue))
    if (!isRouted) {
      this.#declarer.forgetQueue(queue)
      throw new AppError('service-unavailable', {
        detail: `the queue ${queue} is gone from the broker; it is declared again by the next message`,
      })
    }
    return { duplicate, queueSize: undefined }
  }

  async #publishToQueue(parcel: OutgoingParcel, queue: string): Promise<PublishResult> {
    const declaring = this.#declareQueue(queue)
    if (declaring !== undefined) await declaring
    return this.#publisher.publish(parcel)
  }

  async publish(exchange: string, routingKey: string, message: WireMessage): Promise<PublishOutcome> {
    this.#assertOpen()
    if (!this.#topology.exchanges.some(({ name }) => name === exchange)) {
      return { isRouted: false, duplicate: false }
    }
    const priority = message.priority ?? 'normal'
    if (priority !== 'normal') this.#assertPriorities(exchange, routingKey, priority)
    const physical = this.#names.exchange(exchange, priority)
    const parcel = this.#toParcel(physical, routingKey, message, exchange)
    return this.#sendOnce(parcel, () => this.#publishToBound(parcel, exchange))
  }

  /** A message that the broker returns although queues are bound is not let go: they are declared again. */
  async #publishToBound(parcel: OutgoingParcel, exchange: string): Promise<PublishResult> {
    const result = await this.#publisher.publish(parcel)
    if (result.isRouted) return result
    const queues = routesOf(this.#topology, exchange, parcel.routingKey)
    if (queues.length === 0) return result
    for (const queue of queues) this.#declarer.forgetQueue(queue)
    await Promise.all(queues.map((queue) => this.#declareQueue(queue)))
    const again = await this.#publisher.publish(parcel)
    if (again.isRouted) return again
    throw new AppError('service-unavailable', {
      detail: `the queues ${queues.join(', ')}, which are bound to ${exchange}, are gone from the broker`,
    })
  }

  #assertPriorities(exchange: string, routingKey: string, priority: MessagePriority): void {
    const queues = routesOf(this.#topology, exchange, routingKey)
    const without = queues.find((queue) => this.#declarer.definitionOf(queue).priorities !== true)
    if (without !== undefined || !exchangePriorities(exchange, this.#topology).includes(priority)) {
      throw refusePriority(without ?? exchange, priority)
    }
  }

  #toParcel(exchange: string, routingKey: string, message: WireMessage, destination: string): OutgoingParcel {
    const { ttlMs, durable } = this.#publisherOptions
    const withTtl = message.ttlMs === undefined && ttlMs > 0 ? { ...message, ttlMs } : message
    assertSendable(withTtl)
    return {
      exchange,
      routingKey,
      key: `${exchange}\n${routingKey}\n${message.id}`,
      body: toBuffer(message.body),
      properties: toProperties(withTtl, { expires: true, persistent: durable }),
      destination,
      hasLengthLimit: true,
    }
  }

  /** The same message is sent once, whether the first is on its way or was safe a short while ago. */
  async #sendOnce(parcel: OutgoingParcel, publish: () => Promise<PublishResult>): Promise<PublishOutcome> {
    const { key, body } = parcel
    const pending = this.#sending.get(key)
    if (pending !== undefined) {
      if (!pending.body.equals(body)) throw refuseOtherBody(parcel)
      return { ...(await pending.result), duplicate: true }
    }
    const known = this.#sent.compare(key, body)
    if (known === 'other') throw refuseOtherBody(parcel)
    if (known === 'same') return { isRouted: true, duplicate: true }
    const result = publish()
    this.#sending.set(key, { body, result })
    try {
      const { isRouted } = await result
      if (isRouted) this.#sent.remember(key, body)
      return { isRouted, duplicate: false }
    } finally {
      this.#sending.delete(key)
    }
  }

  /** Undefined when it is there, or will be declared with the next connection. */
  #declareQueue(queue: string): Promise<void> | undefined {
    if (this.#declarer.hasQueue(queue)) return undefined
    const connection = this.#consumingLink.connection ?? this.#publishingLinks[0]?.connection
    return connection && this.#declare(queue, connection)
  }

  async #declare(queue: string, connection: AmqpConnection): Promise<void> {
    try {
      await this.#declarer.declareQueue(queue, connection)
    } catch (error) {
      if (error instanceof AppError) throw error
      // The connection ended: the next one declares it.
    }
  }

  /** Where nobody tells, it is taken to be there. */
  async #hasDeadLetterQueue(queue: string): Promise<boolean> {
    try {
      return await within(CHECK_TIMEOUT_MS, this.#desk.has(this.#names.deadLetterQueue(queue)), true)
    } catch {
      return true
    }
  }

  async subscribe(
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ): Promise<DriverSubscription> {
    this.#assertOpen()
    const subscription: Subscription = new Subscription(
      {
        link: this.#consumingLink,
        names: this.#names,
        declarer: this.#declarer,
        copies: this.#copies,
        held: this.#held,
        clock: this.#clock,
        onFirstDelivery: (name, enqueuedAt) => this.#lastDelivered.set(name, enqueuedAt),
        onEnded: () => this.#subscriptions.delete(subscription),
      },
      queue,
      options,
      deliver,
    )
    this.#subscriptions.add(subscription)
    await subscription.start()
    return { stop: () => subscription.stop() }
  }

  async tapDeadLetters(note: NoteDeadLetter): Promise<DeadLetterTap> {
    this.#assertOpen()
    const tap = new DeadLetterTap({
      link: this.#consumingLink,
      names: this.#names,
      declarer: this.#declarer,
      publisher: this.#confirming,
      clock: this.#clock,
      note,
      onTrouble: (error) =>
        this.#logger?.warn({ err: error }, 'nothing is heard of dead letters that others make'),
    })
    this.#taps.add(tap)
    await tap.start()
    return tap
  }

  async unbind(bindings: readonly Binding[]): Promise<void> {
    if (bindings.length === 0) return
    const unbindOn = async (connection: AmqpConnection) => {
      try {
        await this.#declarer.unbind(bindings, connection)
      } catch (error) {
        // One that has ended is followed by another.
        if (this.#consumingLink.connection !== connection) return
        this.#logger?.warn({ err: error, bindings }, 'the broker still has bindings that were taken away')
      }
    }
    this.#consumingLink.watch({ up: (connection) => void unbindOn(connection) })
    if (this.#consumingLink.connection !== undefined) await unbindOn(this.#consumingLink.connection)
  }

  async stats(queue: string): Promise<QueueStats> {
    const definition = this.#declarer.known(queue)
    const priorities = definition === undefined ? ['normal' as const] : prioritiesOf(definition)
    const [dead, ...lines] = await Promise.all([
      this.#desk.check(this.#names.deadLetterQueue(queue)),
      ...priorities.map((priority) => this.#desk.check(this.#names.queue(queue, priority))),
    ])
    const ready = lines.reduce((sum, { messages }) => sum + messages, 0)
    const consumers = Math.max(...lines.map((line) => line.consumers))
    const own = [...this.#subscriptions].filter((subscription) => subscription.queue === queue)
    const ownConsumers = own.filter(({ isConsuming }) => isConsuming).length
    const ownHeld = own.reduce((sum, { heldCount }) => sum + heldCount, 0)
    return {
      ready,
      delayed: await this.#delayed(queue),
      // Nobody tells what other processes hold.
      inFlight: consumers <= ownConsumers ? ownHeld : undefined,
      deadLetters: this.#deadLetters.countWhileTaken(queue) ?? dead.messages,
      consumers,
      oldestAgeMs: this.#oldestAge(queue, ready),
    }
  }

  /** Known when every delayed message on the broker is one of this process. */
  async #delayed(queue: string): Promise<number | undefined> {
    const waiting = await Promise.all(
      this.#declarer.delays().map((delayMs) => this.#desk.check(this.#names.retry(delayMs))),
    )
    const onBroker = waiting.reduce((sum, { messages }) => sum + messages, 0)
    if (onBroker === 0) return 0
    return onBroker <= this.#copies.delayed.countAll() ? this.#copies.delayed.count(queue) : undefined
  }

  /** What waits was sent no earlier than what was delivered last. */
  #oldestAge(queue: string, ready: number): number | undefined {
    const last = this.#lastDelivered.get(queue)
    return ready === 0 || last === undefined ? undefined : Math.max(0, this.#clock.now() - last)
  }

  connection(): DriverConnection {
    // One that consumes may be blocked: acks go on.
    const down = this.#consumingLink.connection === undefined ? this.#consumingLink.obstacle : undefined
    const detail = down ?? this.#publisher.obstacle ?? this.#confirming.obstacle
    if (detail === undefined) return { state: 'connected' }
    const isUp = this.#publishingLinks.some((link) => link.connection !== undefined)
    return { state: down === undefined && isUp ? 'blocked' : 'disconnected', detail }
  }

  async queues(): Promise<readonly string[]> {
    return this.#declarer.queues()
  }

  /** A broker does not tell. */
  async lookup(): Promise<undefined> {
    return undefined
  }

  /** A broker lets nobody look without taking. */
  async peek(): Promise<undefined> {
    return undefined
  }

  async purge(queue: string): Promise<number> {
    this.#assertOpen()
    const definition = isDeadLetterQueue(queue) ? undefined : this.#declarer.known(queue)
    const priorities = definition === undefined ? ['normal' as const] : prioritiesOf(definition)
    const dropped = await Promise.all(
      priorities.map((priority) => this.#desk.purge(this.#names.queue(queue, priority))),
    )
    this.#sent.forgetAll()
    return dropped.reduce((sum, count) => sum + count, 0)
  }

  /** A broker has no pages: a request for a further one gets an empty one. */
  async deadLetters(queue: string, { limit, after }: DeadLetterPageRequest): Promise<DeadLetterPage> {
    const deadLetters = after === undefined ? await this.#deadLetters.page(queue, limit) : []
    return { deadLetters, next: undefined }
  }

  async replay(queue: string, selection: ReplaySelection): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#deadLetters.replay(queue, selection)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new AppError('shutting-down')
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** All of it has one deadline: a broker that answers nothing holds up nobody. */
  async #close(): Promise<void> {
    const deadline = Promise.withResolvers<void>()
    const cancel = this.#clock.schedule(this.#closeTimeoutMs, deadline.resolve)
    const inTime = (work: readonly Promise<unknown>[]) => Promise.race([Promise.all(work), deadline.promise])
    const subscriptions = [...this.#subscriptions]
    const publishers = [...new Set([this.#publisher, this.#confirming])]
    await inTime(subscriptions.map((subscription) => subscription.stop()))
    // After what was given up at the end.
    await inTime([...this.#taps].map((tap) => tap.close()))
    // What was released is acked once its copy is safe, and acks are on their way until their channel has closed.
    await Promise.all(publishers.map((publisher) => publisher.idle(deadline.promise)))
    await inTime(subscriptions.map((subscription) => subscription.close()))
    // Up to here, because what an ending channel has fetched goes back as copies.
    await Promise.all(publishers.map((publisher) => publisher.close(deadline.promise)))
    await inTime([this.#desk.close()])
    await inTime([...this.#publishingLinks, this.#consumingLink].map((link) => link.close()))
    cancel()
  }
}

function refusePriority(name: string, priority: MessagePriority): AppError {
  return new AppError('invalid-request', {
    detail: `${name} has no priorities, so it takes no message with the priority ${priority}`,
  })
}

function refuseOtherBody({ properties, destination }: OutgoingParcel): AppError {
  return new AppError('request-conflict', {
    detail: `message ${properties.messageId} was sent to ${destination} with another body`,
  })
}
