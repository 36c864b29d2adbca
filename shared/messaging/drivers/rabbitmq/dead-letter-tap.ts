import { randomUUID } from 'node:crypto'
import { within } from '#shared/timing'
import type { Clock } from '../../clock'
import { toDeadLetter } from '../../dead-letter-record'
import type { NoteDeadLetter, DeadLetterTap as Tap } from '../../tappable-driver'
import { AckLine } from './ack-line'
import type { AmqpChannel, AmqpConnection, AmqpMessage } from './amqp'
import type { BrokerLink, LinkListener } from './broker-link'
import { fromAmqp } from './message-codec'
import type { PhysicalNames } from './physical-names'
import type { Publisher } from './publisher'
import type { TopologyDeclarer } from './topology-declarer'

export interface DeadLetterTapSetup {
  readonly link: BrokerLink
  readonly names: PhysicalNames
  readonly declarer: TopologyDeclarer
  readonly publisher: Publisher
  readonly clock: Clock
  readonly note: NoteDeadLetter
  /** Told once for each spell of failures. */
  onTrouble(error: unknown): void
}

/** A channel that could not be opened on a living connection is tried again after this. */
const REOPEN_MS = 1_000

/** Most dead letters that are being noted at a time. */
const PREFETCH = 100

/** Longest wait for the news before something is done to dead letters. */
const CATCH_UP_MS = 1_000

const CONSUMER_TAG = 'tap'

/**
 * Consumes a queue of its own at the dead-letter exchange, in which the broker puts a copy of every dead letter,
 * whoever made it. That queue drops what is oldest when it is full, so it holds up nobody: it is news, not messages.
 */
export class DeadLetterTap implements Tap {
  readonly #setup: DeadLetterTapSetup
  readonly #noting = new Set<Promise<void>>()
  /** What `caughtUp` waits for, by the id of the mark that it has sent after all else. */
  readonly #marks = new Map<string, () => void>()
  readonly #listener: LinkListener = { up: (connection) => void this.#openOn(connection) }
  #session: TapSession | undefined
  #opening: Promise<void> | undefined
  #cancelReopen = () => {}
  #isFailing = false
  #stopped = false

  constructor(setup: DeadLetterTapSetup) {
    this.#setup = setup
  }

  /** Begins when there is a connection, and else when there will be one. */
  async start(): Promise<void> {
    const { link } = this.#setup
    link.watch(this.#listener)
    if (link.connection !== undefined) await this.#openOn(link.connection)
  }

  #openOn(connection: AmqpConnection): Promise<void> {
    this.#cancelReopen()
    this.#opening = this.#open(connection).then(
      () => {
        this.#isFailing = false
      },
      (error) => this.#openFailed(connection, error),
    )
    return this.#opening
  }

  async #open(connection: AmqpConnection): Promise<void> {
    const { declarer, names } = this.#setup
    if (this.#stopped) return
    await declarer.declareTap(connection)
    const channel = await connection.createChannel({ confirms: false })
    const session: TapSession = { channel, acks: new AckLine(channel) }
    channel.listen({
      delivered: (message) => this.#delivered(message, session),
      cancelled: () => void channel.close(),
      closed: () => this.#ended(session),
    })
    this.#session = session
    await channel.prefetch(PREFETCH)
    await channel.consume(names.deadLetterTap, CONSUMER_TAG)
  }

  #openFailed(connection: AmqpConnection, error: unknown): void {
    if (this.#stopped || this.#setup.link.connection !== connection) return
    if (!this.#isFailing) this.#setup.onTrouble(error)
    this.#isFailing = true
    this.#reopenSoon()
  }

  #ended(session: TapSession): void {
    if (this.#session !== session) return
    this.#session = undefined
    this.#reopenSoon()
  }

  /** Whatever ended the channel: a connection that comes back is there first. */
  #reopenSoon(): void {
    this.#cancelReopen()
    if (this.#stopped) return
    this.#cancelReopen = this.#setup.clock.schedule(REOPEN_MS, () => {
      const { connection } = this.#setup.link
      if (connection !== undefined && this.#session === undefined) void this.#openOn(connection)
    })
  }

  #delivered(raw: AmqpMessage, { acks }: TapSession): void {
    // It is told again to whoever comes next.
    if (this.#stopped) return
    acks.delivered(raw.deliveryTag)
    const noted = this.#note(raw).then(() => {
      this.#noting.delete(noted)
      acks.ack(raw.deliveryTag)
    })
    this.#noting.add(noted)
  }

  async #note(raw: AmqpMessage): Promise<void> {
    const { names, declarer, clock, note } = this.#setup
    const queue = names.queueOfDeadLetterKey(raw.routingKey)
    if (queue === undefined) {
      await Promise.all(this.#noting)
      this.#marks.get(raw.properties.messageId ?? '')?.()
      return
    }
    const { message } = fromAmqp(raw, {
      priority: 'normal',
      now: clock.now(),
      toWorkQueue: (physical) => declarer.workQueueOf(physical)?.queue,
    })
    await note(queue, toDeadLetter(message))
  }

  /** A mark that is sent now comes after all that was given up before. */
  async caughtUp(): Promise<void> {
    if (this.#session === undefined) return
    const id = randomUUID()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#marks.set(id, resolve)
    try {
      await within(CATCH_UP_MS, Promise.all([this.#sendMark(id), promise]), undefined)
    } catch {
      // The broker does not take it; what is to be done to dead letters will say why.
    } finally {
      this.#marks.delete(id)
    }
  }

  async #sendMark(id: string): Promise<void> {
    const { publisher, names } = this.#setup
    const routingKey = names.deadLetterTap
    await publisher.publish(
      {
        exchange: '',
        routingKey,
        key: `mark ${id}`,
        body: Buffer.alloc(0),
        properties: { messageId: id },
        destination: routingKey,
        hasLengthLimit: false,
      },
      { isPrivileged: true },
    )
  }

  /** Resolves when what was told has been noted, and is told no more. */
  async close(): Promise<void> {
    this.#stopped = true
    this.#setup.link.unwatch(this.#listener)
    this.#cancelReopen()
    await this.#opening
    await Promise.all(this.#noting)
    if (this.#session === undefined) return
    const { channel, acks } = this.#session
    acks.flush()
    await channel.close()
  }
}

/** One life of the tap's channel. */
interface TapSession {
  readonly channel: AmqpChannel
  readonly acks: AckLine
}
