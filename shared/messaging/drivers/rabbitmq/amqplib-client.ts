import { readFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import amqplib, { type Channel, type ChannelModel, type ConfirmChannel, type Message } from 'amqplib'
import { within } from '#shared/timing'
import {
  type AmqpChannel,
  type AmqpChannelListener,
  type AmqpConnection,
  type AmqpMessage,
  type AmqpParcel,
  type AmqpProperties,
  AmqpReplyError,
  type ConfirmOutcome,
  type ConnectOptions,
  type ExchangeType,
  type QueueCounts,
  type QueueOptions,
  REPLY,
  type TlsOptions,
} from './amqp'
import type { BrokerAddress } from './broker-address'
import { WriteCombiner } from './write-combiner'

/** A broker that does not answer a close is not waited for. */
const CLOSE_TIMEOUT_MS = 1_000

/**
 * A connection of the client library.
 *
 * Its own recovery is not used: it knows no error that is final, so a start with a queue declared otherwise or a wrong
 * password would never end, and its timers are not those of our clock. docs/messaging.md has the whole of it.
 */
export async function connectWithAmqplib(
  address: BrokerAddress,
  options: ConnectOptions,
): Promise<AmqpConnection> {
  const { protocol, hostname, port, username, password, vhost } = address
  const tls = protocol === 'amqps' ? await readTls(options.tls) : {}
  try {
    const model = await amqplib.connect(
      {
        protocol,
        hostname,
        port,
        username,
        password,
        vhost: encodeURIComponent(vhost),
        heartbeat: options.heartbeatSeconds,
      },
      {
        ...tls,
        timeout: options.timeoutMs,
        noDelay: true,
        keepAlive: true,
        clientProperties: { connection_name: options.connectionName },
      },
    )
    return new AmqplibConnection(model)
  } catch (error) {
    throw toOpenError(error, vhost)
  }
}

/** The library does not pass on what the broker says when it closes a connection that asks for a virtual host. */
function toOpenError(error: unknown, vhost: string): Error {
  if (error instanceof Error && error.message.startsWith('Expected ConnectionOpenOk; got <ConnectionClose')) {
    const message = `there is no virtual host ${vhost}, or this user may not enter it`
    return new AmqpReplyError(message, REPLY.NOT_ALLOWED, { cause: error })
  }
  return toReplyError(error)
}

async function readTls({ caFile, certFile, keyFile, verify }: TlsOptions) {
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(readIfNamed))
  return {
    rejectUnauthorized: verify,
    ...(ca !== undefined && { ca: [ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

function readIfNamed(path: string | undefined): Promise<Buffer | undefined> {
  return path === undefined ? Promise.resolve(undefined) : readFile(path)
}

class AmqplibConnection implements AmqpConnection {
  readonly #model: ChannelModel
  readonly #writes: WriteCombiner
  #closed = false
  #error: Error | undefined

  constructor(model: ChannelModel) {
    this.#model = model
    this.#writes = new WriteCombiner(socketOf(model))
    // Without a listener an error would end the process; what follows is told by `close`.
    model.on('error', (error) => {
      this.#error = toReplyError(error)
    })
    model.on('close', () => {
      this.#closed = true
    })
  }

  async createChannel({ confirms }: { readonly confirms: boolean }): Promise<AmqpChannel> {
    const channel = confirms ? await this.#model.createConfirmChannel() : await this.#model.createChannel()
    return new AmqplibChannel(channel, confirms, this.#writes)
  }

  onClosed(listener: (error: Error | undefined) => void): void {
    this.#model.on('close', (error?: Error) => listener(this.#error ?? (error && toReplyError(error))))
  }

  onBlocked(listener: (reason: string | undefined) => void): void {
    this.#model.on('blocked', (reason) => listener(reason))
    this.#model.on('unblocked', () => listener(undefined))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await within(CLOSE_TIMEOUT_MS, this.#model.close().catch(ignore), undefined)
  }
}

/** The library's documentation reads the broker's properties from that object; of its socket its types are silent. */
function socketOf({ connection }: ChannelModel): Writable {
  return (connection as unknown as { readonly stream: Writable }).stream
}

class AmqplibChannel implements AmqpChannel {
  readonly #channel: Channel | ConfirmChannel
  readonly #confirms: boolean
  readonly #writes: WriteCombiner
  #closed = false
  #error: Error | undefined

  constructor(channel: Channel | ConfirmChannel, confirms: boolean, writes: WriteCombiner) {
    this.#channel = channel
    this.#confirms = confirms
    this.#writes = writes
    channel.on('error', (error) => {
      this.#error = toReplyError(error)
    })
    channel.on('close', () => {
      this.#closed = true
    })
    // The library throws at a delivery to a consumer that it has just cancelled, and would close the channel.
    // The listener of deliveries has taken it by then.
    channel.on('handler-error', ignore)
  }

  listen(listener: AmqpChannelListener): void {
    // Before the library's own listener, for the same reason.
    this.#channel.prependListener('delivery', (message: Message) => {
      listener.delivered?.({ ...toMessage(message), consumerTag: message.fields.consumerTag ?? '' })
    })
    this.#channel.on('return', (message) => listener.returned?.(toMessage(message)))
    this.#channel.on('cancel', ({ consumerTag }) => listener.cancelled?.(consumerTag))
    this.#channel.on('drain', () => listener.drained?.())
    this.#channel.on('close', () => listener.closed?.(this.#error))
  }

  async assertQueue(name: string, options: QueueOptions): Promise<void> {
    await this.#call(this.#channel.assertQueue(name, options))
  }

  async assertExchange(name: string, type: ExchangeType): Promise<void> {
    await this.#call(this.#channel.assertExchange(name, type, { durable: true }))
  }

  async bindQueue(queue: string, exchange: string, pattern: string): Promise<void> {
    await this.#call(this.#channel.bindQueue(queue, exchange, pattern))
  }

  async unbindQueue(queue: string, exchange: string, pattern: string): Promise<void> {
    await this.#call(this.#channel.unbindQueue(queue, exchange, pattern))
  }

  async checkQueue(name: string): Promise<QueueCounts> {
    const { messageCount, consumerCount } = await this.#call(this.#channel.checkQueue(name))
    return { messages: messageCount, consumers: consumerCount }
  }

  async deleteQueue(name: string): Promise<void> {
    await this.#call(this.#channel.deleteQueue(name))
  }

  async deleteExchange(name: string): Promise<void> {
    await this.#call(this.#channel.deleteExchange(name))
  }

  async purgeQueue(name: string): Promise<number> {
    return (await this.#call(this.#channel.purgeQueue(name))).messageCount
  }

  publish(
    { exchange, routingKey, body, properties }: AmqpParcel,
    onConfirm: (outcome: ConfirmOutcome) => void,
  ): boolean {
    const options = { ...properties, mandatory: true }
    this.#writes.combine()
    if (!this.#confirms) return this.#channel.publish(exchange, routingKey, body, options)
    return (this.#channel as ConfirmChannel).publish(exchange, routingKey, body, options, (error) =>
      onConfirm(toOutcome(error)),
    )
  }

  async prefetch(count: number): Promise<void> {
    await this.#call(this.#channel.prefetch(count))
  }

  async consume(queue: string, consumerTag: string): Promise<void> {
    await this.#call(this.#channel.consume(queue, ignore, { consumerTag }))
  }

  async cancel(consumerTag: string): Promise<void> {
    await this.#call(this.#channel.cancel(consumerTag))
  }

  async get(queue: string): Promise<AmqpMessage | undefined> {
    const message = await this.#call(this.#channel.get(queue))
    return message === false ? undefined : toMessage(message)
  }

  ack(deliveryTag: number, { upTo } = { upTo: false }): void {
    this.#writes.combine()
    this.#channel.ack(withTag(deliveryTag), upTo)
  }

  requeue(deliveryTag: number, { upTo } = { upTo: false }): void {
    this.#channel.nack(withTag(deliveryTag), upTo, true)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await within(CLOSE_TIMEOUT_MS, this.#channel.close().catch(ignore), undefined)
  }

  async #call<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer
    } catch (error) {
      throw toReplyError(error)
    }
  }
}

/** The library takes whole messages and reads nothing of them but the tag. */
function withTag(deliveryTag: number): Message {
  return { fields: { deliveryTag } } as Message
}

function toMessage({ fields, content, properties }: Message): AmqpMessage {
  const { deliveryTag, redelivered, exchange, routingKey } = fields
  return {
    deliveryTag,
    redelivered,
    exchange,
    routingKey,
    body: content,
    properties: properties as AmqpProperties,
  }
}

function toOutcome(error: Error | null): ConfirmOutcome {
  if (error === null) return 'ack'
  return error.message === 'message nacked' ? 'nack' : 'lost'
}

/** The broker's reply code is in the error's `code`, or, when it refused at the handshake, in its text alone. */
function toReplyError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const { code } = error as { readonly code?: unknown }
  const replyCode = typeof code === 'number' ? code : Number(/\bserver: (\d{3}) /.exec(error.message)?.[1])
  return Number.isNaN(replyCode) ? error : new AmqpReplyError(error.message, replyCode, { cause: error })
}

function ignore(): void {}
