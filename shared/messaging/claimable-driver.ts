import type { MessageDriver, Settlement } from './driver'
import type { DeadLetterCause, WireMessage } from './message'

/**
 * A driver whose messages can also be held by somebody outside of this process, who has no subscription: it asks
 * for messages when it has room, and settles them by naming the lease. What `MessageDriver` says of deliveries
 * holds for claims: one holder at a time, leases that end by themselves, fencing. A holder may outlive the driver: its
 * lease stands when another driver is opened on the same messages, unless they were lost with the first.
 */
export interface ClaimableDriver extends MessageDriver {
  /** Whose numbers the leases are told in: where it is another, they are given anew and mean other messages. */
  readonly leaseOwner: string

  /**
   * Leases up to `count` messages, as soon as there is one; none when `waitMs` are over or `signal` aborts. Claims
   * that wait are woken like subscriptions, the one that waits longest first. An abort that comes too late MUST
   * NOT lose what was claimed: it is then in the answer.
   *
   * @throws AppError `storage-full` · `shutting-down`: after `close`
   */
  claim(queue: string, options: ClaimOptions): Promise<readonly ClaimedMessage[]>

  /** What the method of `Delivery` with the same name does. `stale` also for a lease that never was. */
  settle(lease: Lease, settlement: LeaseSettlement): Promise<Settlement>
}

export interface ClaimOptions {
  readonly count: number
  /** Most bytes that their bodies have together, unless the first alone has more; no limit unless told otherwise. */
  readonly bytesMax?: number
  readonly leaseMs: number
  /** How long to wait for a message when there is none; 0 is not at all. */
  readonly waitMs: number
  /** Ends the wait. */
  readonly signal?: AbortSignal
}

/** The right to settle one delivery of one message. */
export interface Lease {
  readonly queue: string
  /** Place in the order of arrival, never given twice: the message's key. */
  readonly sequence: number
  /** How often the message has been handed over: the fencing token. */
  readonly delivery: number
}

export interface ClaimedMessage extends Lease {
  readonly message: WireMessage
  readonly attempt: number
}

export type LeaseSettlement =
  | { readonly action: 'ack' }
  | { readonly action: 'nack'; readonly delayMs: number }
  | { readonly action: 'release' }
  | { readonly action: 'dead-letter'; readonly cause: DeadLetterCause }
  | { readonly action: 'extend'; readonly leaseMs: number }

export function isClaimable(driver: MessageDriver): driver is ClaimableDriver {
  return 'claim' in driver && 'settle' in driver
}
