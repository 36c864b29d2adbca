import type { ClaimedMessage, Lease } from '../../claimable-driver'
import type { MessageRecord } from '../../driver'
import { type DeadLetterCause, isDeadLetterQueue, MESSAGE_PRIORITIES, type WireMessage } from '../../message'

/**
 * Where an embedded driver keeps its messages. A message is in one of four states:
 *
 * - ready:    waits; the one with the highest priority that arrived first is claimed first. One with a time to
 *             live is a dead letter when `until` has come
 * - delayed:  waits for its next attempt; ready when `until` has come
 * - leased:   held by one holder; ready again when `until` has come
 * - done:     acked or given up; the body is gone, what remains tells its status until it is swept
 *
 * ```
 *              ┌─────────────────expire───────────────────┐
 *              │                                          ▼
 *  insert ──▶ ready ──claim──▶ leased ──acknowledge, deadLetter──▶ done ──sweep──▶ forgotten
 *              ▲ ▲               │ │
 *              │ └─release, due──┘ └─retry──▶ delayed
 *              └──────────────due───────────────┘
 * ```
 *
 * Only `claim` moves ready to leased, in one step, so two holders cannot have one message. Each claim has the
 * message's next delivery number, which is the fencing token: a settlement names it and does nothing when the
 * message has moved on. There is no dead state: `deadLetter` and `expire` end the message here and put a copy,
 * ready, into the dead-letter queue, in one step.
 *
 * Methods are synchronous and run inside `transact`; only those that say so may be called outside it. Times
 * are the driver's own (`EmbeddedDriver` says why), in milliseconds.
 */
export interface MessageStore {
  /** As `ClaimableDriver` has it: another one for every place in which messages are numbered. */
  readonly leaseOwner: string
  /** Runs `work` as one step: when the promise resolves, all of it is kept; when it rejects, none of it. */
  transact<Result>(work: () => Result): Promise<Result>

  insert(queue: string, message: WireMessage, wait: Wait): InsertOutcome
  /** What an insert would come to. */
  compare(queue: string, message: WireMessage): InsertOutcome
  /** Why there is no room for the message in `copies` queues; undefined when there is. */
  shortageFor(message: WireMessage, copies: number): string | undefined
  /**
   * Leases up to `count` ready messages that have not expired, first things first, and counts an attempt on each. Of
   * those whose bodies are too much together the rest is not touched.
   */
  claim(queue: string, count: number, lease: LeaseTerms): readonly Claim[]
  /** The claim that a lease is for, with its message; undefined when the message has moved on. */
  findClaim(lease: Lease): Claim | undefined

  extend(lease: Lease, terms: Pick<LeaseTerms, 'at' | 'leaseMs'>): boolean
  acknowledge(lease: Lease, at: number): boolean
  /** Back to ready, the attempt not counted. */
  release(lease: Lease, at: number): boolean
  /** To delayed, or to ready when the delay is 0. */
  retry(lease: Lease, delay: { readonly delayMs: number; readonly at: number }): boolean
  deadLetter(claim: Claim, cause: DeadLetterCause, at: number): boolean

  /** Makes ready up to `limit` messages that are delayed or leased until `time` or before, and returns them. */
  releaseDue(time: number, limit: number): readonly Lease[]
  /** Gives up as many that are ready until `time` or before, and returns the queue of each. */
  expireDue(time: number, limit: number): readonly string[]
  /** The earliest `until`. May be called outside `transact`. */
  nextDueAt(): number | undefined
  /**
   * Takes out up to `limit` ready messages of `queue` that came no later than `until`, and returns how many. What
   * is taken out is unknown from then on.
   */
  purge(queue: string, range: SequenceRange): number
  /**
   * Moves dead letters of `queue` back into it, oldest first: up to `limit` of those that came no later than
   * `until`, or those with `messageIds` among them. Each becomes a new message, ready, last in the order and
   * never tried. One whose id is waiting or held in `queue` stays where it is. Returns the ids.
   */
  replay(queue: string, selection: ReplayRange): readonly string[]
  /** Up to `limit` ready dead letters of `queue` that came after `after`, oldest first. May be called outside `transact`. */
  deadLetters(queue: string, page: { readonly after: number; readonly limit: number }): readonly DeadMessage[]
  /** The last place that was given in the order of arrival. May be called outside `transact`. */
  lastSequence(): number
  /** Forgets at most `limit` done messages: those finished before `finishedBefore`, or above `countMax`. */
  sweep(bounds: { readonly finishedBefore: number; readonly countMax: number; readonly limit: number }): void
  /** Forgets some of the done messages, oldest first, for the sake of room; false when there is none. */
  forgetSome(): boolean

  /** May be called outside `transact`. */
  counts(queue: string): QueueCounts
  /** When the oldest ready message was enqueued. May be called outside `transact`. */
  oldestReady(queue: string): number | undefined
  /** May be called outside `transact`. */
  lookup(messageId: string): MessageRecord | undefined
  /** May be called outside `transact`. */
  peek(messageId: string): WireMessage | undefined
  /** May be called outside `transact`. */
  queues(): readonly string[]
  /** Finishes what `transact` has begun and takes no more. */
  close(): Promise<void>
}

export type { Lease } from '../../claimable-driver'

export type Claim = ClaimedMessage

export interface LeaseTerms {
  /** When it begins. */
  readonly at: number
  readonly leaseMs: number
  /** As `ClaimOptions` has it. */
  readonly bytesMax?: number | undefined
  /** Whether its holder may outlive this process. Every other lease ends with it. */
  readonly outlives: boolean
}

/** `conflict`: the id is known with another body. */
export type InsertOutcome = 'inserted' | 'duplicate' | 'conflict'

/** How long messages wait in a queue. */
export interface Wait {
  /** When it begins. */
  readonly at: number
  /** What the queue allows; undefined is for ever. A message may ask for less. */
  readonly ttlMs: number | undefined
}

export interface SequenceRange {
  readonly until: number
  readonly limit: number
}

export interface ReplayRange extends SequenceRange {
  readonly messageIds: readonly string[] | undefined
  readonly wait: Wait
  /** Added to each message. */
  readonly headers: Readonly<Record<string, string>>
}

/** A message as it lies in a dead-letter queue, with the headers that say why. */
export interface DeadMessage {
  readonly sequence: number
  readonly message: WireMessage
}

export interface QueueCounts {
  readonly ready: number
  readonly delayed: number
  readonly leased: number
}

/** How many of the messages with bodies of these sizes may be claimed together: one always may. */
export function countWithin(bytesMax: number, sizes: readonly number[]): number {
  let bytes = 0
  const surplus = sizes.findIndex((size, index) => {
    bytes += size
    return index > 0 && bytes > bytesMax
  })
  return surplus < 0 ? sizes.length : surplus
}

/** How long a message may wait for each delivery; undefined is for ever. Dead letters wait until somebody comes. */
export function ttlOf(
  queue: string,
  { ttlMs }: WireMessage,
  queueTtlMs: number | undefined,
): number | undefined {
  if (isDeadLetterQueue(queue)) return undefined
  if (ttlMs === undefined) return queueTtlMs
  return queueTtlMs === undefined ? ttlMs : Math.min(ttlMs, queueTtlMs)
}

/** The place of a message among those that are ready: 0 comes first. Dead letters keep the order of arrival. */
export function rankOf(queue: string, { priority }: WireMessage): number {
  return isDeadLetterQueue(queue) ? NORMAL_RANK : MESSAGE_PRIORITIES.indexOf(priority ?? 'normal')
}

export const NORMAL_RANK = MESSAGE_PRIORITIES.indexOf('normal')

/** The wait of a dead letter. */
export const NO_TTL: Wait = { at: 0, ttlMs: undefined }
