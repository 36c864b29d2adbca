import type { BrokerAddress } from './broker-address'

/**
 * The few calls of AMQP 0-9-1 that the driver makes, and what it is told without asking. The client library is
 * one implementation, the fake broker of the tests another.
 */
export interface AmqpConnection {
  createChannel(options: { readonly confirms: boolean }): Promise<AmqpChannel>
  /** Told once, whoever ended it. */
  onClosed(listener: (error: Error | undefined) => void): void
  /** With a reason when the broker stops taking messages, without one when it takes them again. */
  onBlocked(listener: (reason: string | undefined) => void): void
  /** Channels with acks on their way must have been closed before: this drops what is not sent. */
  close(): Promise<void>
}

export interface AmqpChannel {
  /** Who is told what happens on the channel; to be set before anything is done with it. */
  listen(listener: AmqpChannelListener): void
  assertQueue(name: string, options: QueueOptions): Promise<void>
  assertExchange(name: string, type: ExchangeType): Promise<void>
  bindQueue(queue: string, exchange: string, pattern: string): Promise<void>
  /** Does nothing when there is no such binding, queue or exchange. */
  unbindQueue(queue: string, exchange: string, pattern: string): Promise<void>
  /** Rejects with the code 404, and closes the channel, when there is no such queue. */
  checkQueue(name: string): Promise<QueueCounts>
  deleteQueue(name: string): Promise<void>
  deleteExchange(name: string): Promise<void>
  /** How many messages were dropped. */
  purgeQueue(name: string): Promise<number>
  /** Always `mandatory`. False when the connection's buffer is full: `drained` tells when it is not. */
  publish(parcel: AmqpParcel, onConfirm: (outcome: ConfirmOutcome) => void): boolean
  /** For the consumers that are begun after it. */
  prefetch(count: number): Promise<void>
  /** What the consumer gets is told to `delivered`, possibly before this resolves. */
  consume(queue: string, consumerTag: string): Promise<void>
  /** Messages of a quorum queue may still arrive after it; none does after the answer to a later call. */
  cancel(consumerTag: string): Promise<void>
  get(queue: string): Promise<AmqpMessage | undefined>
  /** `upTo` together with everything unsettled before it. */
  ack(deliveryTag: number, options?: { readonly upTo: boolean }): void
  /** Puts back into the queue; `upTo` as with `ack`. */
  requeue(deliveryTag: number, options?: { readonly upTo: boolean }): void
  close(): Promise<void>
}

export interface AmqpChannelListener {
  delivered?(message: AmqpDelivery): void
  returned?(message: AmqpMessage): void
  /** The broker ended a consumer, because its queue is gone. */
  cancelled?(consumerTag: string): void
  drained?(): void
  /** Told once. The error is the broker's when it closed the channel for something that was done on it. */
  closed?(error: Error | undefined): void
}

export type ExchangeType = 'direct' | 'topic' | 'fanout'

export interface QueueOptions {
  readonly durable: boolean
  readonly arguments: Readonly<Record<string, string | number>>
}

export interface QueueCounts {
  /** Ready: those that are held are not counted. */
  readonly messages: number
  readonly consumers: number
}

/** `lost`: the channel ended before the broker said anything. */
export type ConfirmOutcome = 'ack' | 'nack' | 'lost'

export interface AmqpParcel {
  readonly exchange: string
  readonly routingKey: string
  readonly body: Buffer
  readonly properties: AmqpProperties
}

export type AmqpHeaders = Readonly<Record<string, unknown>>

/** Of those that come in from strangers nothing is certain but that they may be missing. */
export interface AmqpProperties {
  readonly messageId?: string
  readonly contentType?: string
  readonly headers?: AmqpHeaders
  /** Seconds since the epoch. */
  readonly timestamp?: number
  /** Milliseconds, as a string. */
  readonly expiration?: string
  readonly persistent?: boolean
}

export interface AmqpMessage {
  readonly deliveryTag: number
  readonly redelivered: boolean
  readonly exchange: string
  readonly routingKey: string
  readonly body: Buffer
  readonly properties: AmqpProperties
}

export interface AmqpDelivery extends AmqpMessage {
  readonly consumerTag: string
}

/** Resolves with an open connection, rejects when there is none to be had. */
export type ConnectToBroker = (address: BrokerAddress, options: ConnectOptions) => Promise<AmqpConnection>

export interface ConnectOptions {
  /** Shown by the broker's management. */
  readonly connectionName: string
  readonly heartbeatSeconds: number
  readonly timeoutMs: number
  readonly tls: TlsOptions
}

export interface TlsOptions {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
  /** Whether the broker's certificate must be valid for its name. */
  readonly verify: boolean
}

/** An error in which the broker says why it refuses, by its AMQP reply code. */
export class AmqpReplyError extends Error {
  constructor(
    message: string,
    readonly replyCode: number,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'AmqpReplyError'
  }
}

export const REPLY = {
  ACCESS_REFUSED: 403,
  NOT_FOUND: 404,
  PRECONDITION_FAILED: 406,
  /** No such virtual host, or none that this user may enter. */
  NOT_ALLOWED: 530,
} as const

export function hasReplyCode(error: unknown, ...codes: readonly number[]): error is AmqpReplyError {
  return error instanceof AmqpReplyError && codes.includes(error.replyCode)
}
