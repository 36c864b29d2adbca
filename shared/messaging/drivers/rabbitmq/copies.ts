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
  /** Makes sure that there is a work queue, and the queue of its dead letters. */
  declareQueue(queue: string): Promise<void>
  /** Whether the queue of its dead letters is there, as far as the broker tells. */
  hasDeadLetterQueue(queue: string): Promise<boolean>
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
  /** How often the queue of its dead letters was found to be gone, by work queue. */
  readonly #timesGone = new Map<string, number>()

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
        declareAgain: () => this.#declareQueueAgain(queue),
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
      declareAgain: () => {
        declarer.forgetDelay(delayMs)
        return declareDelay(delayMs)
      },
    })
    this.delayed.add(queue, delayMs)
  }

  /**
   * To the dead letters of its queue. The broker returns nothing as long as anybody else is bound for them, such as who
   * only wants to hear of them, so it is asked afterwards. What was sent while their queue was found to be gone is sent
   * again, whoever found it.
   */
  async dead({ queue, message, attempts = 0 }: CopyOf, cause: DeadLetterCause): Promise<void> {
    const { names, clock, hasDeadLetterQueue } = this.#options
    const headers = toDeadLetterHeaders(message.headers, queue, cause, { attempts, at: clock.now() })
    const declareAgain = () => this.#declareQueueAgain(queue)
    const send = () =>
      this.#publish(
        names.deadLetterExchange,
        names.deadLetterQueue(queue),
        { ...message, headers },
        {
          destination: queue,
          hasLengthLimit: false,
          state: { expires: false, persistent: true },
          declareAgain,
        },
      )
    const timesGone = () => this.#timesGone.get(queue) ?? 0
    const before = timesGone()
    await send()
    if (!(await hasDeadLetterQueue(queue))) {
      this.#timesGone.set(queue, timesGone() + 1)
      await declareAgain()
    }
    if (timesGone() !== before) await send()
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
      declareAgain: () => this.#declareQueueAgain(queue),
    })
  }

  #declareQueueAgain(queue: string): Promise<void> {
    this.#options.declarer.forgetQueue(queue)
    return this.#options.declareQueue(queue)
  }

  /** What the broker returns, because somebody deleted where it was to go, is sent once more when that is there again. */
  async #publish(
    exchange: string,
    routingKey: string,
    message: WireMessage,
    how: {
      readonly destination: string
      readonly hasLengthLimit: boolean
      readonly state: OutgoingState
      readonly declareAgain: () => Promise<void>
    },
  ): Promise<void> {
    const privileges: PublishPrivileges = { isPrivileged: true }
    const publish = () => {
      this.#copies += 1
      return this.#options.publisher.publish(
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
    }
    if ((await publish()).isRouted) return
    await how.declareAgain()
    if ((await publish()).isRouted) return
    throw new AppError('service-unavailable', {
      detail: `the broker has no queue any more for ${routingKey}, for all that it was declared again`,
    })
  }
}

/** The same bytes, not a copy of them. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
