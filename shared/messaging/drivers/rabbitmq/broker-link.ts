import { AppError } from '#shared/errors'
import type { Clock } from '../../clock'
import { type AmqpConnection, type ConnectOptions, type ConnectToBroker, hasReplyCode, REPLY } from './amqp'
import type { BrokerAddress } from './broker-address'

export interface BrokerLinkOptions {
  readonly address: BrokerAddress
  readonly connect: ConnectToBroker
  readonly connectOptions: ConnectOptions
  readonly reconnectMinMs: number
  readonly reconnectMaxMs: number
  readonly clock: Clock
  /** Done with each new connection before anybody gets it. What it throws ends the connection. */
  prepare(connection: AmqpConnection): Promise<void>
  /** Told of each connection that failed or ended. */
  onTrouble(error: AppError): void
}

export interface LinkListener {
  up?(connection: AmqpConnection): void
  down?(): void
  blocked?(): void
  unblocked?(): void
}

/**
 * One connection to the broker that comes back:
 *
 * - connecting:  an attempt is under way
 * - up:          there is a connection; the broker may have blocked it, then it takes no messages
 * - waiting:     for the next attempt; the waits double from the shortest to the longest, with jitter, so that
 *                many processes do not come back in one moment
 * - closed:      for good
 *
 * A refusal (wrong credentials, no such virtual host, a queue with other settings) is no reason to hurry: the
 * next attempt comes after the longest wait, since it takes a human to change that.
 */
export class BrokerLink {
  readonly #options: BrokerLinkOptions
  readonly #listeners = new Set<LinkListener>()
  #connection: AmqpConnection | undefined
  #blockedBecause: string | undefined
  #trouble: AppError | undefined
  #failures = 0
  #cancelWait = () => {}
  #closed = false

  constructor(options: BrokerLinkOptions) {
    this.#options = options
  }

  /**
   * Makes the first attempt and resolves when it has ended; those that follow need no call.
   *
   * @throws AppError `broker-refused` or `topology-mismatch`: trying again would be of no use. Others are not
   * thrown: the broker may come later.
   */
  async open(): Promise<void> {
    await this.#attempt()
    if (this.#trouble !== undefined && isRefusal(this.#trouble)) {
      await this.close()
      throw this.#trouble
    }
  }

  get connection(): AmqpConnection | undefined {
    return this.#connection
  }

  get isBlocked(): boolean {
    return this.#blockedBecause !== undefined
  }

  /** Why nothing can be sent right now; undefined when it can. Holds no password. */
  get obstacle(): string | undefined {
    const { name } = this.#options.address
    if (this.#closed) return `the connection to ${name} is closed`
    if (this.#connection === undefined) {
      return this.#trouble?.message ?? `the connection to the broker ${name} is being opened`
    }
    return this.#blockedBecause === undefined
      ? undefined
      : `the broker ${name} takes no messages: ${this.#blockedBecause}`
  }

  /** Set while the broker refuses and waiting for it would be in vain. */
  get refusal(): AppError | undefined {
    return this.#connection === undefined && this.#trouble !== undefined && isRefusal(this.#trouble)
      ? this.#trouble
      : undefined
  }

  /** Listeners are told in the order in which they came. */
  watch(listener: LinkListener): void {
    this.#listeners.add(listener)
  }

  unwatch(listener: LinkListener): void {
    this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelWait()
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  async #attempt(): Promise<void> {
    const { connect, address, connectOptions, prepare } = this.#options
    let connection: AmqpConnection | undefined
    try {
      connection = await connect(address, connectOptions)
      const life = new ConnectionLife(connection)
      await Promise.race([prepare(connection), life.ended])
      if (this.#closed) return await connection.close()
      this.#begin(connection, life)
    } catch (error) {
      await connection?.close()
      this.#failed(toTrouble(error, address))
    }
  }

  #begin(connection: AmqpConnection, life: ConnectionLife): void {
    this.#connection = connection
    this.#failures = 0
    this.#trouble = undefined
    this.#blockedBecause = undefined
    life.onEnd((error) => this.#ended(connection, error))
    connection.onBlocked((reason) => this.#blocked(connection, reason))
    this.#tell((listener) => listener.up?.(connection))
  }

  #ended(connection: AmqpConnection, error: Error): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#blockedBecause = undefined
    this.#tell((listener) => listener.down?.())
    if (!this.#closed) this.#failed(toTrouble(error, this.#options.address))
  }

  #blocked(connection: AmqpConnection, reason: string | undefined): void {
    if (this.#connection !== connection) return
    this.#blockedBecause = reason
    this.#tell((listener) => (reason === undefined ? listener.unblocked?.() : listener.blocked?.()))
  }

  #failed(trouble: AppError): void {
    if (this.#closed) return
    this.#trouble = trouble
    this.#failures += 1
    this.#options.onTrouble(trouble)
    this.#cancelWait = this.#options.clock.schedule(this.#wait(), () => void this.#attempt())
  }

  /** Between half and the whole of a time that doubles. */
  #wait(): number {
    const { reconnectMinMs, reconnectMaxMs } = this.#options
    if (this.#trouble !== undefined && isRefusal(this.#trouble)) return reconnectMaxMs
    const full = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(30, this.#failures - 1))
    return full * (0.5 + Math.random() / 2)
  }

  #tell(notify: (listener: LinkListener) => void): void {
    for (const listener of [...this.#listeners]) notify(listener)
  }
}

/** Remembers an end that comes before anybody wants to hear of it. */
class ConnectionLife {
  /** Rejects when the connection ends; never resolves. */
  readonly ended: Promise<never>

  constructor(connection: AmqpConnection) {
    const { promise, reject } = Promise.withResolvers<never>()
    this.ended = promise
    this.onEnd(() => {})
    connection.onClosed((error) => reject(error ?? new Error('it was closed')))
  }

  onEnd(listener: (error: Error) => void): void {
    this.ended.catch(listener)
  }
}

function isRefusal({ code }: AppError): boolean {
  return code === 'broker-refused' || code === 'topology-mismatch'
}

function toTrouble(error: unknown, { name }: BrokerAddress): AppError {
  if (error instanceof AppError) return error
  // A name with several addresses fails with an error for each and no message.
  const { message = '', code: systemCode } = error as { readonly message?: string; readonly code?: string }
  const reason = message || systemCode || String(error)
  const code = hasReplyCode(error, REPLY.ACCESS_REFUSED, REPLY.NOT_ALLOWED)
    ? 'broker-refused'
    : 'service-unavailable'
  return new AppError(code, { detail: `the broker ${name} cannot be used: ${reason}`, cause: error })
}
