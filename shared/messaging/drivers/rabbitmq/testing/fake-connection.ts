import type {
  AmqpChannel,
  AmqpChannelListener,
  AmqpConnection,
  AmqpDelivery,
  AmqpMessage,
  AmqpParcel,
  ConfirmOutcome,
  ExchangeType,
  QueueCounts,
  QueueOptions,
} from '../amqp'
import { AmqpReplyError, REPLY } from '../amqp'
import type { FakeBroker } from './fake-broker'
import type { FakeMessage } from './fake-message'
import type { FakeConsumer, FakeQueue } from './fake-queue'

/**
 * What the broker says to one client, in order and never within the call that it answers, as over a network.
 * What was not heard when the connection ends is never heard.
 */
class Wire {
  #said: (() => void)[] = []
  isCut = false
  #isStill = false

  say(hear: () => void): void {
    this.#said.push(hear)
    if (this.#said.length === 1) setImmediate(() => this.#deliver())
  }

  /** Keeps what is said to itself, or lets it be heard. */
  setStill(isStill: boolean): void {
    this.#isStill = isStill
    setImmediate(() => this.#deliver())
  }

  #deliver(): void {
    if (this.#isStill) return
    for (const hear of this.#said.splice(0)) if (!this.isCut) hear()
  }

  cut(): void {
    this.isCut = true
    this.#said = []
  }
}

export class FakeConnection implements AmqpConnection {
  readonly wire = new Wire()
  readonly #broker: FakeBroker
  readonly #channels = new Set<FakeChannel>()
  readonly #closedListeners: ((error: Error | undefined) => void)[] = []
  readonly #blockedListeners: ((reason: string | undefined) => void)[] = []

  constructor(broker: FakeBroker) {
    this.#broker = broker
  }

  async createChannel({ confirms }: { readonly confirms: boolean }): Promise<AmqpChannel> {
    if (this.wire.isCut) throw new Error('Connection closed')
    const { channelRefusal } = this.#broker
    if (confirms && channelRefusal !== undefined) throw channelRefusal
    const channel = new FakeChannel(this.#broker, this, confirms)
    this.#channels.add(channel)
    return channel
  }

  onClosed(listener: (error: Error | undefined) => void): void {
    this.#closedListeners.push(listener)
  }

  onBlocked(listener: (reason: string | undefined) => void): void {
    this.#blockedListeners.push(listener)
  }

  async close(): Promise<void> {
    if (!this.wire.isCut) this.cut(undefined)
  }

  // What the broker does to it.

  block(reason: string | undefined): void {
    this.wire.say(() => {
      for (const listener of this.#blockedListeners) listener(reason)
    })
  }

  /** Ends it, as a broken network or a broker that dies does. */
  cut(error: Error | undefined = new Error('Unexpected close')): void {
    this.wire.cut()
    this.#broker.forget(this)
    for (const channel of [...this.#channels]) channel.ended(undefined)
    for (const listener of this.#closedListeners) listener(error)
  }

  closeChannels(error: Error): void {
    for (const channel of [...this.#channels]) channel.ended(error)
  }

  remove(channel: FakeChannel): void {
    this.#channels.delete(channel)
  }
}

interface Unacked {
  readonly tag: number
  readonly queue: FakeQueue
  readonly message: FakeMessage
  readonly consumer: ChannelConsumer | undefined
}

class ChannelConsumer implements FakeConsumer {
  unacked = 0

  constructor(
    readonly channel: FakeChannel,
    readonly queue: FakeQueue,
    readonly tag: string,
    readonly prefetch: number,
  ) {}

  hasRoom(): boolean {
    return this.prefetch === 0 || this.unacked < this.prefetch
  }

  take(message: FakeMessage): void {
    this.unacked += 1
    this.channel.deliver(this, message)
  }

  cancelled(): void {
    this.channel.consumerCancelled(this)
  }
}

class FakeChannel implements AmqpChannel {
  readonly #broker: FakeBroker
  readonly #connection: FakeConnection
  readonly #confirms: boolean
  readonly #consumers = new Map<string, ChannelConsumer>()
  readonly #unconfirmed = new Set<(outcome: ConfirmOutcome) => void>()
  readonly #calls = new Set<(error: Error) => void>()
  #unacked: Unacked[] = []
  #listener: AmqpChannelListener = {}
  #lastTag = 0
  #prefetch = 0
  #isClosed = false

  constructor(broker: FakeBroker, connection: FakeConnection, confirms: boolean) {
    this.#broker = broker
    this.#connection = connection
    this.#confirms = confirms
  }

  listen(listener: AmqpChannelListener): void {
    this.#listener = listener
  }

  assertQueue(name: string, options: QueueOptions): Promise<void> {
    return this.#call(() => this.#broker.assertQueue(name, options))
  }

  assertExchange(name: string, type: ExchangeType): Promise<void> {
    return this.#call(() => this.#broker.assertExchange(name, type))
  }

  bindQueue(queue: string, exchange: string, pattern: string): Promise<void> {
    return this.#call(() => this.#broker.bind(queue, exchange, pattern))
  }

  unbindQueue(queue: string, exchange: string, pattern: string): Promise<void> {
    return this.#call(() => this.#broker.unbind(queue, exchange, pattern))
  }

  checkQueue(name: string): Promise<QueueCounts> {
    return this.#call(() => {
      const queue = this.#broker.queue(name)
      return { messages: queue.ready.length, consumers: queue.consumerCount }
    })
  }

  deleteQueue(name: string): Promise<void> {
    return this.#call(() => this.#broker.deleteQueue(name))
  }

  deleteExchange(name: string): Promise<void> {
    return this.#call(() => this.#broker.deleteExchange(name))
  }

  purgeQueue(name: string): Promise<number> {
    return this.#call(() => this.#broker.queue(name).purge())
  }

  publish(parcel: AmqpParcel, onConfirm: (outcome: ConfirmOutcome) => void): boolean {
    this.#assertOpen()
    if (this.#confirms) this.#unconfirmed.add(onConfirm)
    // A broker that takes no messages reads them when it takes some again.
    this.#broker.whenUnblocked(() => this.#publish(parcel, onConfirm))
    return true
  }

  #publish(parcel: AmqpParcel, onConfirm: (outcome: ConfirmOutcome) => void): void {
    if (this.#isClosed) return
    let outcome: 'unroutable' | 'full' | 'stored' | 'unanswered'
    try {
      outcome = this.#broker.publish(parcel)
    } catch (error) {
      this.#connection.wire.say(() => this.ended(error as Error))
      return
    }
    if (outcome === 'unanswered') return
    if (outcome === 'unroutable') this.#say(() => this.#listener.returned?.(toReturned(parcel)))
    if (!this.#confirms) return
    this.#say(() => {
      if (this.#unconfirmed.delete(onConfirm)) onConfirm(outcome === 'full' ? 'nack' : 'ack')
    })
  }

  prefetch(count: number): Promise<void> {
    return this.#call(() => {
      this.#prefetch = count
    })
  }

  consume(queueName: string, consumerTag: string): Promise<void> {
    return this.#call(() => {
      const queue = this.#broker.queue(queueName)
      const consumer = new ChannelConsumer(this, queue, consumerTag, this.#prefetch)
      this.#consumers.set(consumerTag, consumer)
      queue.subscribe(consumer)
    })
  }

  cancel(consumerTag: string): Promise<void> {
    return this.#call(() => {
      const consumer = this.#consumers.get(consumerTag)
      this.#consumers.delete(consumerTag)
      if (consumer !== undefined) consumer.queue.unsubscribe(consumer)
    })
  }

  get(queueName: string): Promise<AmqpMessage | undefined> {
    return this.#call(() => {
      const queue = this.#broker.queue(queueName)
      const message = queue.take()
      return message && this.#hold(queue, message, undefined)
    })
  }

  ack(deliveryTag: number, { upTo } = { upTo: false }): void {
    this.#assertOpen()
    for (const queue of new Set(this.#settle(deliveryTag, upTo).map((one) => one.queue))) queue.dispatch()
  }

  requeue(deliveryTag: number, { upTo } = { upTo: false }): void {
    this.#assertOpen()
    giveBack(this.#settle(deliveryTag, upTo))
  }

  /** An ack for what is not to be settled is a mistake of the client, which a broker does not forgive. */
  #settle(tag: number, upTo: boolean): Unacked[] {
    // 0 is all that are out.
    const fits = (one: Unacked) => (upTo ? tag === 0 || one.tag <= tag : one.tag === tag)
    const settled = this.#unacked.filter(fits)
    if (tag !== 0 && settled.at(-1)?.tag !== tag) {
      const error = `PRECONDITION_FAILED - unknown delivery tag ${tag}`
      this.#say(() => this.ended(new AmqpReplyError(error, REPLY.PRECONDITION_FAILED)))
      return []
    }
    this.#unacked = this.#unacked.filter((one) => !settled.includes(one))
    for (const { consumer } of settled) if (consumer !== undefined) consumer.unacked -= 1
    return settled
  }

  async close(): Promise<void> {
    if (!this.#isClosed) await this.#call(() => {}).catch(() => {})
    this.ended(undefined)
  }

  // What the broker does to it.

  deliver(consumer: ChannelConsumer, message: FakeMessage): void {
    const delivery: AmqpDelivery = {
      ...this.#hold(consumer.queue, message, consumer),
      consumerTag: consumer.tag,
    }
    this.#say(() => this.#listener.delivered?.(delivery))
  }

  #hold(queue: FakeQueue, message: FakeMessage, consumer: ChannelConsumer | undefined): AmqpMessage {
    this.#lastTag += 1
    this.#unacked.push({ tag: this.#lastTag, queue, message, consumer })
    const { exchange, routingKey, body, properties, returns } = message
    const counted = queue.isQuorum && returns > 0 && { 'x-delivery-count': returns }
    return {
      deliveryTag: this.#lastTag,
      redelivered: returns > 0,
      exchange,
      routingKey,
      body,
      properties: { ...properties, headers: { ...properties.headers, ...counted } },
    }
  }

  consumerCancelled({ tag }: ChannelConsumer): void {
    this.#consumers.delete(tag)
    this.#say(() => this.#listener.cancelled?.(tag))
  }

  ended(error: Error | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#connection.remove(this)
    for (const consumer of this.#consumers.values()) consumer.queue.unsubscribe(consumer)
    for (const reject of this.#calls) reject(error ?? new Error('Channel ended'))
    for (const confirm of this.#unconfirmed) confirm('lost')
    this.#listener.closed?.(error)
    giveBack(this.#unacked.splice(0))
  }

  #say(hear: () => void): void {
    this.#connection.wire.say(() => {
      if (!this.#isClosed) hear()
    })
  }

  #call<Result>(work: () => Result): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new Error('Channel closed'))
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#calls.add(reject)
    promise.finally(() => this.#calls.delete(reject)).catch(() => {})
    try {
      const result = work()
      this.#say(() => resolve(result))
    } catch (error) {
      this.#say(() => {
        reject(error)
        this.ended(error as Error)
      })
    }
    return promise
  }

  #assertOpen(): void {
    if (!this.#isClosed) return
    const error = new Error('Channel closed')
    error.name = 'IllegalOperationError'
    throw error
  }
}

function giveBack(unacked: readonly Unacked[]): void {
  for (const queue of new Set(unacked.map((one) => one.queue))) {
    queue.takeBack(unacked.filter((one) => one.queue === queue).map(({ message }) => message))
  }
}

function toReturned({ exchange, routingKey, body, properties }: AmqpParcel): AmqpMessage {
  return { deliveryTag: 0, redelivered: false, exchange, routingKey, body, properties }
}
