import assert from 'node:assert/strict'
import type { Clock } from '../../../clock'
import { matchesTopic } from '../../../topology'
import {
  type AmqpConnection,
  type AmqpParcel,
  type AmqpProperties,
  AmqpReplyError,
  type ConnectToBroker,
  type ExchangeType,
  type QueueOptions,
  REPLY,
} from '../amqp'
import { FakeConnection } from './fake-connection'
import { FakeQueue } from './fake-queue'

interface FakeExchange {
  readonly type: ExchangeType
  readonly bindings: { readonly queue: string; readonly pattern: string }[]
}

/**
 * A broker in this process, for what a driver does and a real broker cannot be made to do at will. It keeps to
 * the real one's rules as far as the driver relies on them, and to a given clock.
 */
export class FakeBroker {
  readonly #clock: Clock
  readonly #queues = new Map<string, FakeQueue>()
  readonly #exchanges = new Map<string, FakeExchange>()
  readonly #connections = new Set<FakeConnection>()
  readonly #unread: (() => void)[] = []
  #isAway = false
  #refusal: AmqpReplyError | undefined
  #blockedBecause: string | undefined
  #isSilent = false
  /** Connections that were made so far. */
  connectionsMade = 0
  /** Messages that arrived, those included that no queue took. */
  received: AmqpParcel[] = []
  messageBytesMax = 128 * 1024 * 1024
  /** Why it opens no channel that confirms, as when a connection has as many channels as it may. */
  channelRefusal: Error | undefined
  /** Why nobody may take bindings away. */
  unbindRefusal: AmqpReplyError | undefined
  /** Whether somebody takes every binding away in the moment it is made. */
  losesBindings = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly connect: ConnectToBroker = async (): Promise<AmqpConnection> => {
    if (this.#isAway) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    if (this.#refusal !== undefined) throw this.#refusal
    this.connectionsMade += 1
    const connection = new FakeConnection(this)
    this.#connections.add(connection)
    if (this.#blockedBecause !== undefined) connection.block(this.#blockedBecause)
    return connection
  }

  // What a test does to it.

  get connections(): number {
    return this.#connections.size
  }

  cutConnections(): void {
    for (const connection of [...this.#connections]) connection.cut()
  }

  closeChannels(error: Error): void {
    for (const connection of this.#connections) connection.closeChannels(error)
  }

  /** Goes away with all connections, or comes back with what survives a restart. */
  setAway(isAway: boolean): void {
    this.#isAway = isAway
    if (!isAway) return
    this.cutConnections()
    for (const [name, queue] of this.#queues) {
      if (queue.options.durable) queue.restart()
      else this.deleteQueue(name)
    }
  }

  /** Lets nobody in. */
  refuse(error: AmqpReplyError | undefined): void {
    this.#refusal = error
  }

  /** Stops taking messages, or takes them again. */
  setBlocked(reason: string | undefined): void {
    this.#blockedBecause = reason
    for (const connection of this.#connections) connection.block(reason)
    if (reason === undefined) for (const read of this.#unread.splice(0)) read()
  }

  /** Stores messages and tells nobody. */
  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent
  }

  /** Says nothing on any connection that there is, or goes on: its process hangs, or the network does. */
  setHung(isHung: boolean): void {
    for (const connection of this.#connections) connection.wire.setStill(isHung)
  }

  /** The ids of what is ready in a queue, in order. */
  idsIn(name: string): (string | undefined)[] {
    return this.queue(name).ready.map(({ properties }) => properties.messageId)
  }

  // What its connections ask of it.

  forget(connection: FakeConnection): void {
    this.#connections.delete(connection)
  }

  whenUnblocked(read: () => void): void {
    if (this.#blockedBecause === undefined) read()
    else this.#unread.push(read)
  }

  /** @throws AmqpReplyError when there is none */
  queue(name: string): FakeQueue {
    const queue = this.#queues.get(name)
    if (queue !== undefined) return queue
    throw new AmqpReplyError(`NOT_FOUND - no queue '${name}' in vhost '/'`, REPLY.NOT_FOUND)
  }

  assertQueue(name: string, options: QueueOptions): void {
    assert.ok(options.arguments['x-queue-type'] !== undefined, `${name} has no x-queue-type`)
    assertPossible(name, options)
    const queue = this.#queues.get(name)
    if (queue !== undefined) {
      assertEquivalent('queue', name, toArguments(queue.options), toArguments(options))
      return
    }
    this.#queues.set(
      name,
      new FakeQueue({
        name,
        options,
        clock: this.#clock,
        deadLetter: (exchange, routingKey, body, properties) =>
          this.#store(exchange, routingKey, body, properties) !== 'full',
      }),
    )
  }

  deleteQueue(name: string): void {
    this.#queues.get(name)?.delete()
    this.#queues.delete(name)
    for (const { bindings } of this.#exchanges.values()) {
      for (let index = bindings.length - 1; index >= 0; index--) {
        if (bindings[index]?.queue === name) bindings.splice(index, 1)
      }
    }
  }

  assertExchange(name: string, type: ExchangeType): void {
    const exchange = this.#exchanges.get(name)
    if (exchange === undefined) this.#exchanges.set(name, { type, bindings: [] })
    else assertEquivalent('exchange', name, { type: exchange.type }, { type })
  }

  deleteExchange(name: string): void {
    this.#exchanges.delete(name)
  }

  bind(queue: string, exchange: string, pattern: string): void {
    const name = this.queue(queue).name
    const { bindings } = this.#exchange(exchange)
    if (!this.losesBindings && !bindings.some((one) => one.queue === name && one.pattern === pattern)) {
      bindings.push({ queue: name, pattern })
    }
  }

  /** @throws AmqpReplyError when nobody may */
  unbind(queue: string, exchange: string, pattern: string): void {
    if (this.unbindRefusal !== undefined) throw this.unbindRefusal
    const bindings = this.#exchanges.get(exchange)?.bindings ?? []
    const index = bindings.findIndex((one) => one.queue === queue && one.pattern === pattern)
    if (index >= 0) bindings.splice(index, 1)
  }

  /** @throws AmqpReplyError for what closes the channel */
  publish(parcel: AmqpParcel): 'unroutable' | 'full' | 'stored' | 'unanswered' {
    const { exchange, routingKey, body, properties } = parcel
    if (body.byteLength > this.messageBytesMax) {
      throw new AmqpReplyError('PRECONDITION_FAILED - message size too large', REPLY.PRECONDITION_FAILED)
    }
    this.received.push(parcel)
    const outcome = this.#store(exchange, routingKey, body, properties)
    return this.#isSilent ? 'unanswered' : outcome
  }

  #store(
    exchange: string,
    routingKey: string,
    body: Buffer,
    properties: AmqpProperties,
  ): 'unroutable' | 'full' | 'stored' {
    const queues = this.#route(exchange, routingKey)
    const taken = queues.map((queue) => queue.enqueue(exchange, routingKey, body, properties))
    if (queues.length === 0) return 'unroutable'
    return taken.every((isTaken) => isTaken) ? 'stored' : 'full'
  }

  #route(exchange: string, routingKey: string): FakeQueue[] {
    if (exchange === '') return [this.#queues.get(routingKey)].filter((queue) => queue !== undefined)
    const { type, bindings } = this.#exchange(exchange)
    const fits = {
      fanout: () => true,
      direct: (pattern: string) => pattern === routingKey,
      topic: (pattern: string) => matchesTopic(pattern, routingKey),
    }[type]
    const names = new Set(bindings.filter(({ pattern }) => fits(pattern)).map(({ queue }) => queue))
    return [...names].map((name) => this.queue(name))
  }

  #exchange(name: string): FakeExchange {
    const exchange = this.#exchanges.get(name)
    if (exchange !== undefined) return exchange
    throw new AmqpReplyError(`NOT_FOUND - no exchange '${name}' in vhost '/'`, REPLY.NOT_FOUND)
  }
}

const QUORUM_ONLY = ['x-delivery-limit', 'x-dead-letter-strategy']

function assertPossible(name: string, { durable, arguments: given }: QueueOptions): void {
  const refuse = (what: string) => {
    throw new AmqpReplyError(`PRECONDITION_FAILED - ${what} for queue '${name}'`, REPLY.PRECONDITION_FAILED)
  }
  const isQuorum = given['x-queue-type'] === 'quorum'
  if (isQuorum && !durable) refuse("invalid property 'non-durable'")
  const odd = Object.keys(given).find((key) =>
    isQuorum ? key === 'x-max-priority' : QUORUM_ONLY.includes(key),
  )
  if (odd !== undefined) refuse(`invalid arg '${odd}'`)
}

type Settings = Readonly<Record<string, unknown>>

function toArguments({ durable, arguments: given }: QueueOptions): Settings {
  return { durable, ...given }
}

/** In the words of the real broker. */
function assertEquivalent(kind: string, name: string, current: Settings, received: Settings): void {
  for (const key of new Set([...Object.keys(current), ...Object.keys(received)])) {
    if (current[key] === received[key]) continue
    throw new AmqpReplyError(
      `PRECONDITION_FAILED - inequivalent arg '${key}' for ${kind} '${name}' in vhost '/': received ${inWords(received[key])} but current is ${inWords(current[key])}`,
      REPLY.PRECONDITION_FAILED,
    )
  }
}

function inWords(value: unknown): string {
  if (value === undefined) return 'none'
  if (typeof value === 'number') return `the value '${value}' of type 'signedint'`
  return typeof value === 'string' ? `the value '${value}' of type 'longstr'` : `'${value}'`
}
