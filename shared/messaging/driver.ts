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
   * Copies a message to every queue that the topology binds to `exchange` for `routingKey`, all or none where
   * the driver can. MUST resolve only when every copy is safe. MUST be harmless when called again with the same
   * id and body: a queue that has its copy is left alone. That no queue is bound is no error: `isRouted` tells.
   *
   * @throws AppError as `send`; with `queue-full` some queues MAY have their copy already
   */
  publish(exchange: string, routingKey: string, message: WireMessage): Promise<PublishOutcome>

  /**
   * Hands messages to `deliver` as they come, in order of arrival when one subscription reads the queue and
   * nothing fails. MUST NOT have more than `prefetch` deliveries unsettled. MUST NOT hand one message to two
   * holders at once. SHOULD deliver at once, without polling. MUST go on after a failure of its own, which it
   * tells `onError`. Several subscriptions of one queue share its messages. Of a queue with priorities, what is
   * waiting with a higher one MUST come first.
   */
  subscribe(
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ): Promise<DriverSubscription>

  /** MUST answer for a queue that nobody has used: all zeros. MAY be a moment old. */
  stats(queue: string): Promise<QueueStats>

  /**
   * Whether messages can move right now. MUST answer at once from what it knows, without asking anybody: a
   * driver that reaches nothing outside of this process is always `connected`.
   */
  connection(): DriverConnection

  /** Queues that are defined or have been used, dead-letter queues left out. */
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
   * Drops every message that is ready in `queue`, which MAY be a dead-letter queue, and returns how many. MUST
   * leave alone what is held; MAY leave what is delayed. What is dropped is gone: its status is unknown.
   */
  purge(queue: string): Promise<number>

  /**
   * The dead letters of a work queue, oldest first, without taking them. MUST answer an empty page for a queue
   * that has none. MAY read at most `limit` from the front when the broker cannot page; `next` is then undefined.
   */
  deadLetters(queue: string, page: DeadLetterPageRequest): Promise<DeadLetterPage>

  /**
   * Puts dead letters of a work queue back into it, oldest first, as messages that were never tried: attempts
   * are 0, the headers are those they had before they were given up, with `x-replayed-from` and `headers` on
   * top. A crash MUST NOT leave a message in neither queue. The ids of what was put back are returned.
   */
  replay(queue: string, selection: ReplaySelection): Promise<readonly string[]>

  /**
   * MUST stop delivering, finish what `send` has begun and free files and connections. Unsettled deliveries
   * come back to a later subscriber. MUST be harmless when called twice. Afterwards whatever would change
   * something MUST reject with `shutting-down`, settlements excepted, which MAY reject with anything.
   */
  close(): Promise<void>
}

export interface SendReceipt {
  /** True when this id is in the queue already, or was settled a short while ago. */
  readonly duplicate: boolean
  /** Messages waiting, this one included; undefined when the broker would have to be asked. */
  readonly queueSize: number | undefined
}

export interface PublishOutcome {
  /** False when no queue is bound for the routing key. */
  readonly isRouted: boolean
  /** True when every queue had its copy already. */
  readonly duplicate: boolean
}

export interface DeadLetterPageRequest {
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
}

export interface DeadLetterPage {
  readonly deadLetters: readonly DeadLetter[]
  /** Where the next page begins; undefined when this is the last. */
  readonly next: string | undefined
}

/** A message that was given up, as it lies in its dead-letter queue. */
export interface DeadLetter {
  /** With all its headers, those of the dead letter left out. */
  readonly message: WireMessage
  readonly cause: DeadLetterCause
  readonly attempts: number
  /** When it was given up: wall clock, milliseconds since the epoch. */
  readonly deadAt: number
}

export interface ReplaySelection {
  /** Only these; all unless given. */
  readonly messageIds?: readonly string[]
  readonly limit: number
  /** Added to each message. */
  readonly headers: Readonly<Record<string, string>>
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
  /**
   * MUST resolve when no further delivery will come; what is on its way SHOULD still be delivered until then, rather
   * than be given back. What is held stays held and can still be settled.
   */
  stop(end?: SubscriptionEnd): Promise<void>
}

/** Why a subscription ends, for a driver that can tell it to operators. */
export interface SubscriptionEnd {
  /** Set when its consumer will be back: what it hands messages to is away. */
  readonly paused?: {
    /** Wall clock, milliseconds since the epoch. */
    readonly until: number
    readonly reason: string
  }
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
  /** 1 for the first. MUST be counted with the message, so that a crash or a restart does not reset it. */
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
   * Given up: MUST move the message to the dead-letter queue with the headers of `toDeadLetterHeaders`. A crash
   * MUST NOT leave it in neither of the two, and SHOULD NOT leave it in both.
   */
  deadLetter(cause: DeadLetterCause): Promise<Settlement>
  /** Holds the message for another `leaseMs` from now. MAY do nothing when the broker has no leases. */
  extend(leaseMs: number): Promise<Settlement>
}

export type DriverConnection =
  | { readonly state: 'connected' }
  /** `blocked`: connected, but the broker takes no messages. `detail` says why, and holds no password. */
  | { readonly state: 'disconnected' | 'blocked'; readonly detail: string }

export interface QueueStats {
  /** Waiting and deliverable now. */
  readonly ready: number
  /** Waiting for the time of their next attempt; undefined when the broker cannot tell. */
  readonly delayed: number | undefined
  /** Handed over and not settled, by all who hold any; undefined when the broker cannot tell. */
  readonly inFlight: number | undefined
  readonly deadLetters: number
  /** Who is subscribed, where the driver can tell. */
  readonly consumers: number
  /** Age of the oldest ready message, or an upper bound of it; undefined when there is none or nobody can tell. */
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
  /** The trace it was sent in, where the driver can tell without the message. */
  readonly traceId?: string
}
