import type { DeadLetterCause, WireMessage } from './message'

/**
 * Moves bytes. MUST NOT retry, parse or trace: `MessageBus` does, once for all drivers.
 *
 * Delivery is at-least-once: a message that `send` has confirmed MUST be delivered until it is settled, through
 * restarts if the driver is durable. It MAY be delivered more than once.
 *
 * Errors: a driver MUST throw the `AppError` named at the method where it can tell; anything else it SHOULD
 * throw as it comes, for the bus to wrap.
 */
export interface MessageDriver {
  /** What `messaging.system.name` says: `sqlite`, `memory`, `rabbitmq`. */
  readonly system: string

  /**
   * MUST resolve only when the message is safe: after COMMIT, after the broker's confirm. MUST be harmless when
   * called again with the same id, queue and body, as long as the first is remembered: the receipt says
   * `duplicate` and nothing is added. MAY be called many times at once and SHOULD share the cost of safety
   * between such calls.
   *
   * @throws AppError `request-conflict`: the id was used with another body · `queue-full`: its length limit is
   * reached · `storage-full` · `shutting-down`: after `close`
   */
  send(queue: string, message: WireMessage): Promise<SendReceipt>

  /**
   * Hands messages to `deliver` as they come, in order of arrival when one subscription reads the queue and
   * nothing fails. MUST NOT have more than `prefetch` deliveries unsettled. MUST NOT hand one message to two
   * holders at once. SHOULD deliver at once, without polling. MUST go on after a failure of its own, which it
   * tells `onError`. Several subscriptions of one queue share its messages.
   */
  subscribe(
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ): Promise<DriverSubscription>

  /** MUST answer for a queue that nobody has used: all zeros. MAY be a moment old. */
  stats(queue: string): Promise<QueueStats>

  /** Queues that have been used, dead-letter queues left out. */
  queues(): Promise<readonly string[]>

  /**
   * What became of a message, dead letters included. MUST answer undefined for an unknown or forgotten id, and
   * MAY do so for every id when the broker cannot tell. When an id is in several queues, the latest counts.
   */
  lookup(messageId: string): Promise<MessageRecord | undefined>

  /**
   * The message itself while it is kept: waiting, held, or a dead letter. MUST answer undefined once it is done,
   * and MAY do so for every id when the broker cannot look without taking.
   */
  peek(messageId: string): Promise<WireMessage | undefined>

  /**
   * MUST stop delivering, finish what `send` has begun and free files and connections. Unsettled deliveries
   * come back to a later subscriber. MUST be harmless when called twice.
   */
  close(): Promise<void>
}

export interface SendReceipt {
  /** True when this id is in the queue already, or was settled a short while ago. */
  readonly duplicate: boolean
  /** Messages waiting, this one included; undefined when the broker would have to be asked. */
  readonly queueSize: number | undefined
}

export interface SubscribeOptions {
  /** Most deliveries unsettled at a time. */
  readonly prefetch: number
  /** How long a delivery is held before it goes to another, unless it is extended. */
  readonly leaseMs: number
  /** Told of failures that the driver gets over by itself, such as a claim on a full disk. */
  readonly onError: (error: unknown) => void
}

export interface DriverSubscription {
  /** MUST resolve when no further delivery will come. What is held stays held and can still be settled. */
  stop(): Promise<void>
}

/**
 * What settling did. `stale`: the holder's lease had run out or it had settled before; nothing was changed, and
 * the message may be with someone else.
 */
export type Settlement = 'settled' | 'stale'

/**
 * One handing over of a message, and with it the right to settle it: a lease. The holder that settles late,
 * after its lease went to another, MUST NOT change anything (fencing). Settling twice MUST be harmless.
 */
export interface Delivery {
  readonly message: WireMessage
  /** 1 for the first. MUST be counted where the message is kept, so that a crash does not reset it. */
  readonly attempt: number
  /** True when the message was handed over before. */
  readonly redelivered: boolean

  /** Done: the message MUST NOT be delivered again. */
  ack(): Promise<Settlement>
  /** Failed: MUST come again after `delayMs` (0: at once), also when the process ends before. */
  nack(options: { readonly delayMs: number }): Promise<Settlement>
  /** Not tried: MUST come again at once, as if this delivery had not been an attempt. */
  release(): Promise<Settlement>
  /**
   * Given up: MUST move the message to the dead-letter queue with the headers of `toDeadLetterHeaders`, in one
   * step, so that a crash leaves it in exactly one of the two.
   */
  deadLetter(cause: DeadLetterCause): Promise<Settlement>
  /** Holds the message for another `leaseMs` from now. MAY do nothing when the broker has no leases. */
  extend(leaseMs: number): Promise<Settlement>
}

export interface QueueStats {
  /** Waiting and deliverable now. */
  readonly ready: number
  /** Waiting for the time of their next attempt. */
  readonly delayed: number
  /** Handed over and not settled. */
  readonly inFlight: number
  readonly deadLetters: number
  /** Age of the oldest ready message; undefined when there is none. */
  readonly oldestAgeMs: number | undefined
}

export interface MessageRecord {
  readonly messageId: string
  /** The queue it was sent to, also when it is a dead letter now. */
  readonly queue: string
  readonly state: 'ready' | 'delayed' | 'leased' | 'done' | 'dead'
  readonly attempts: number
  readonly enqueuedAt: number
  /** When it was done or given up. */
  readonly finishedAt?: number
  /** Why it was given up. */
  readonly cause?: DeadLetterCause
}
