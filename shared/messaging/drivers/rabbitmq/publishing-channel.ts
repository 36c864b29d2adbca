import type { Clock } from '../../clock'
import {
  type AmqpChannel,
  type AmqpConnection,
  type AmqpMessage,
  type ConfirmOutcome,
  hasReplyCode,
  REPLY,
} from './amqp'
import type { BrokerLink } from './broker-link'
import type { OutboxEntry } from './outbox'

export interface PublishingChannelOptions {
  readonly link: BrokerLink
  readonly clock: Clock
  readonly confirms: boolean
  /** Most messages on their way at a time. */
  readonly window: number
  /** There is room now. */
  onRoom(): void
  onSettled(entry: OutboxEntry, outcome: 'ack' | 'nack'): void
  /** Messages of which nothing is known, in their order: to be sent again. */
  onLost(entries: readonly OutboxEntry[]): void
  /** A message that the broker does not take, whoever sends it how often. */
  onRefused(entry: OutboxEntry, error: unknown): void
  /** Something is gone from the broker, and no message is there any more to be told so. */
  onMissing(): void
  /** Told once for each spell of failures. */
  onTrouble(error: unknown): void
}

/** A channel that could not be opened on a living connection is tried again after this. */
const REOPEN_MS = 1_000

/**
 * The client library's buffer is full after some fifty messages of a kilobyte, and to wait for it each time is to
 * wait for a turn of the event loop. What is unconfirmed is kept anyway, so it may lie in that buffer, too, up to this.
 */
const WRITE_AHEAD_BYTES_MAX = 1_048_576

/**
 * A channel to publish on, opened anew on each connection of its link, and when the broker closes it.
 *
 * A broker closes a channel for what was done on it: then one of the messages on their way is to blame, and
 * sent again with all others it would close the next channel too. So these go one by one from then on, and the
 * one that closes a channel alone is refused.
 */
export class PublishingChannel {
  readonly #options: PublishingChannelOptions
  readonly #inFlight = new Set<OutboxEntry>()
  #channel: AmqpChannel | undefined
  /** Why there is none on a connection that lives. */
  #trouble: string | undefined
  #cancelReopen = () => {}
  /** The client library asks to wait. */
  #isFull = false
  #inFlightBytes = 0
  /** What is on its way may be what closes channels, so it goes alone. */
  #isSuspectOut = false
  #lost: OutboxEntry[] = []
  /** Why the broker closed the last channel, as far as it was told. */
  #toldOf: string | undefined
  #isClosed = false

  constructor(options: PublishingChannelOptions) {
    this.#options = options
    options.link.watch({
      up: (connection) => {
        this.#toldOf = undefined
        void this.#open(connection)
      },
      unblocked: () => options.onRoom(),
    })
    if (options.link.connection !== undefined) void this.#open(options.link.connection)
  }

  /** Why nothing can be written right now; undefined when it can, or will be in a moment. */
  get obstacle(): string | undefined {
    return this.#options.link.obstacle ?? this.#trouble
  }

  get load(): number {
    return this.#inFlight.size
  }

  /** Whether `entry` may be written now. */
  hasRoomFor({ isSuspect }: OutboxEntry): boolean {
    if (this.#channel === undefined || this.#mustWait || this.#options.link.isBlocked) return false
    if (this.#inFlight.size === 0) return true
    return !isSuspect && !this.#isSuspectOut && this.#inFlight.size < this.#options.window
  }

  get #mustWait(): boolean {
    return this.#isFull && !(this.#options.confirms && this.#inFlightBytes < WRITE_AHEAD_BYTES_MAX)
  }

  write(entry: OutboxEntry): void {
    const channel = this.#channel
    if (channel === undefined) {
      this.#options.onLost([entry])
      return
    }
    this.#inFlight.add(entry)
    this.#inFlightBytes += entry.parcel.body.byteLength
    this.#isSuspectOut = entry.isSuspect
    entry.sends += 1
    entry.isReturned = false
    try {
      this.#isFull = !channel.publish(entry.parcel, (outcome) => this.#confirmed(entry, outcome))
    } catch (error) {
      this.#takeOut(entry)
      // Either the channel has just ended, which is told in a moment, or the message cannot be written.
      if (error instanceof Error && error.name === 'IllegalOperationError') this.#lost.push(entry)
      else this.#options.onRefused(entry, error)
      return
    }
    if (!this.#options.confirms) this.#confirmed(entry, 'ack')
  }

  #takeOut(entry: OutboxEntry): void {
    if (!this.#inFlight.delete(entry)) return
    this.#inFlightBytes -= entry.parcel.body.byteLength
    this.#isSuspectOut = false
  }

  #confirmed(entry: OutboxEntry, outcome: ConfirmOutcome): void {
    this.#takeOut(entry)
    if (outcome === 'lost') this.#lost.push(entry)
    else {
      this.#options.onSettled(entry, outcome)
      this.#options.onRoom()
    }
  }

  #returned({ exchange, routingKey, properties }: AmqpMessage): void {
    if (!this.#options.confirms) {
      // To a queue by its name, not to whoever is bound.
      if (exchange === '') this.#options.onMissing()
      return
    }
    for (const entry of this.#inFlight) {
      const { parcel } = entry
      const isSame =
        parcel.properties.messageId === properties.messageId &&
        parcel.exchange === exchange &&
        parcel.routingKey === routingKey
      if (isSame) entry.isReturned = true
    }
  }

  async #open(connection: AmqpConnection): Promise<void> {
    this.#cancelReopen()
    try {
      const channel = await connection.createChannel({ confirms: this.#options.confirms })
      channel.listen({
        returned: (message) => this.#returned(message),
        drained: () => this.#drained(channel),
        closed: (error) => this.#ended(channel, error),
      })
      if (this.#isClosed || this.#options.link.connection !== connection) return await channel.close()
      this.#channel = channel
      this.#trouble = undefined
      this.#isFull = false
      this.#options.onRoom()
    } catch (error) {
      // A connection that has ended is replaced by its link.
      if (this.#isClosed || this.#options.link.connection !== connection) return
      if (this.#trouble === undefined) this.#options.onTrouble(error)
      this.#reopenSoon(connection, error)
    }
  }

  #reopenSoon(connection: AmqpConnection, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#trouble = `the broker opens no channel to publish on: ${reason}`
    this.#cancelReopen = this.#options.clock.schedule(REOPEN_MS, () => {
      if (this.#options.link.connection === connection) void this.#open(connection)
    })
  }

  #drained(channel: AmqpChannel): void {
    if (this.#channel !== channel) return
    this.#isFull = false
    this.#options.onRoom()
  }

  #ended(channel: AmqpChannel, error: Error | undefined): void {
    if (this.#channel !== channel) return
    this.#channel = undefined
    const lost = this.#lost.splice(0)
    this.#inFlight.clear()
    this.#inFlightBytes = 0
    this.#isSuspectOut = false
    if (error === undefined) this.#options.onLost(lost)
    else if (this.#options.confirms) this.#findCulprit(lost, error)
    else this.#tellUnknown(lost, error)
    const { connection } = this.#options.link
    if (connection !== undefined && !this.#isClosed) void this.#open(connection)
  }

  #findCulprit(lost: readonly OutboxEntry[], error: Error): void {
    const [only] = lost
    if (lost.length === 1 && only !== undefined) {
      this.#options.onRefused(only, error)
      return
    }
    for (const entry of lost) entry.isSuspect = true
    this.#options.onLost(lost)
  }

  /** Without confirms the message that closed the channel counts as sent, and is not among those that are lost. */
  #tellUnknown(lost: readonly OutboxEntry[], error: Error): void {
    if (error.message !== this.#toldOf) this.#options.onTrouble(error)
    this.#toldOf = error.message
    if (hasReplyCode(error, REPLY.NOT_FOUND)) this.#options.onMissing()
    this.#options.onLost(lost)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelReopen()
    const channel = this.#channel
    this.#channel = undefined
    await channel?.close()
  }
}
