import { AppError } from '#shared/errors'
import type { Clock } from '../../clock'
import {
  type DeadLetterCause,
  type MessagePriority,
  toDeadLetterHeaders,
  type WireMessage,
} from '../../message'
import { DelayedMessages } from './delayed-messages'
import { type OutgoingState, toProperties } from './message-codec'
import type { PhysicalNames } from './physical-names'
import type { Publisher, PublishPrivileges } from './publisher'
import type { TopologyDeclarer } from './topology-declarer'

/** A message in a work queue, with its attempts as they are to be counted from here on. */
export interface CopyOf {
  readonly queue: string
  /** Of the physical queue that it lies in, which is where it goes back to. */
  readonly priority: MessagePriority
  readonly message: WireMessage
  /** Undefined for one that was never handed over. */
  readonly attempts: number | undefined
}

/**
 * How long a message waits that goes back to a queue without room. Not the delay of a retry, where it would hold up
 * those of other queues: from its head on, a retry queue waits for the queues that it hands its messages to.
 */
const NO_ROOM_MS = 1_000

export interface CopiesOptions {
  /** With confirms, whatever senders have: what settles a delivery must be safe before it is acked. */
  readonly publisher: Publisher
  readonly names: PhysicalNames
  readonly declarer: TopologyDeclarer
  readonly clock: Clock
  /** Makes sure that there is a retry queue. */
  declareDelay(delayMs: number): Promise<void>
}

/**
 * Puts copies of messages where a settlement or a replay moves them. AMQP cannot move a message or change its
 * headers: the copy is confirmed first and the original acked after, so that a crash leaves two and never none.
 */
export class Copies {
  readonly #options: CopiesOptions
  /** Those that wait for a retry. */
  readonly delayed: DelayedMessages
  #copies = 0

  constructor(options: CopiesOptions) {
    this.#options = options
    this.delayed = new DelayedMessages(options.clock)
  }

  /**
   * To its own queue, at once. When that is full, to a queue that has no limit and tries until there is room. Going back
   * to the broker without a copy would cost the message an attempt.
   */
  async again(copy: CopyOf): Promise<void> {
    const { queue, priority, message, attempts } = copy
    try {
      await this.#publish('', this.#options.names.queue(queue, priority), message, {
        destination: queue,
        hasLengthLimit: true,
        state: { attempt: attempts, expires: true, persistent: true },
      })
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'queue-full')) throw error
      await this.later(copy, NO_ROOM_MS)
    }
  }

  /** To its own queue, after a while. */
  async later({ queue, priority, message, attempts }: CopyOf, wantedMs: number): Promise<void> {
    const { names, declarer, clock, declareDelay } = this.#options
    const delayMs = declarer.delayFor(wantedMs)
    await declareDelay(delayMs)
    const readyAt = clock.now() + delayMs
    await this.#publish(names.retry(delayMs), names.queue(queue, priority), message, {
      destination: queue,
      hasLengthLimit: false,
      state: { attempt: attempts, readyAt, expires: false, persistent: true },
    })
    this.delayed.add(queue, delayMs)
  }

  /** To the dead letters of its queue. */
  dead({ queue, message, attempts = 0 }: CopyOf, cause: DeadLetterCause): Promise<void> {
    const { names, clock } = this.#options
    const headers = toDeadLetterHeaders(message.headers, queue, cause, { attempts, at: clock.now() })
    return this.#publish(
      names.deadLetterExchange,
      names.deadLetterQueue(queue),
      { ...message, headers },
      {
        destination: queue,
        hasLengthLimit: false,
        state: { expires: false, persistent: true },
      },
    )
  }

  /**
   * To its queue as if it had never been there.
   *
   * @throws AppError `queue-full`
   */
  anew(queue: string, priority: MessagePriority, message: WireMessage): Promise<void> {
    return this.#publish('', this.#options.names.queue(queue, priority), message, {
      destination: queue,
      hasLengthLimit: true,
      state: { expires: true, persistent: true },
    })
  }

  async #publish(
    exchange: string,
    routingKey: string,
    message: WireMessage,
    how: {
      readonly destination: string
      readonly hasLengthLimit: boolean
      readonly state: OutgoingState
    },
  ): Promise<void> {
    this.#copies += 1
    const privileges: PublishPrivileges = { isPrivileged: true }
    const { isRouted } = await this.#options.publisher.publish(
      {
        exchange,
        routingKey,
        // One of its own: a copy never stands for another.
        key: `copy ${this.#copies}`,
        body: toBuffer(message.body),
        properties: toProperties(message, how.state),
        destination: how.destination,
        hasLengthLimit: how.hasLengthLimit,
      },
      privileges,
    )
    if (isRouted) return
    this.#options.declarer.forgetQueue(how.destination)
    throw new AppError('service-unavailable', {
      detail: `the broker has no queue any more for ${routingKey}; it is declared again when it is used`,
    })
  }
}

/** The same bytes, not a copy of them. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
