import type { AppError } from '#shared/errors'
import type { BusLogger } from './bus-logger'
import type { DeadLetterCause, WireMessage } from './message'
import type { Destination } from './message-bus'

/**
 * Told of every message that passes through a bus, for counters and metrics. Its methods are called in the path
 * of each message, so they must be quick. What they throw is told to the log and changes nothing.
 */
export interface BusObserver {
  /** A message is safe, or was there already. */
  published?(event: PublishedEvent): void
  /** The driver did not take a message, or did not confirm it. */
  publishFailed?(event: PublishFailedEvent): void
  /** A message was handed to this process. */
  delivered?(event: DeliveryEvent): void
  /** The handler of a delivery has succeeded or failed; or it was not called, because the message is unfit. */
  handled?(event: HandledEvent): void
  /** A delivery has ended, and its driver knows. One that was stale when it was settled is not told. */
  settled?(event: SettledEvent): void
}

export interface PublishedEvent {
  readonly destination: Destination
  readonly message: WireMessage
  /** True when nothing was added. */
  readonly duplicate: boolean
  /** False when the exchange has no queue for it. */
  readonly isRouted: boolean
  /** How long the driver took to make it safe. */
  readonly durationMs: number
}

export interface PublishFailedEvent {
  readonly destination: Destination
  readonly message: WireMessage
  readonly error: AppError
  readonly durationMs: number
}

export interface DeliveryEvent {
  readonly queue: string
  readonly message: WireMessage
  readonly attempt: number
}

export interface HandledEvent extends DeliveryEvent {
  readonly durationMs: number
  /** Why it failed, if it did. */
  readonly error?: unknown
}

export interface SettledEvent extends DeliveryEvent {
  /** `released` is not tried; the others end an attempt. */
  readonly outcome: 'acked' | 'retried' | 'released' | 'dead-lettered'
  /** Why it was given up, when it was. */
  readonly cause?: DeadLetterCause
  /** How long the driver took to take note. */
  readonly durationMs: number
}

/** All of them as one that never throws. */
export function toSafeObserver(observers: readonly BusObserver[], logger: BusLogger): Required<BusObserver> {
  const tell = (notify: (observer: BusObserver) => void) => {
    for (const observer of observers) {
      try {
        notify(observer)
      } catch (error) {
        logger.error({ err: error }, 'observer of the message bus failed')
      }
    }
  }
  return {
    published: (event) => tell((observer) => observer.published?.(event)),
    publishFailed: (event) => tell((observer) => observer.publishFailed?.(event)),
    delivered: (event) => tell((observer) => observer.delivered?.(event)),
    handled: (event) => tell((observer) => observer.handled?.(event)),
    settled: (event) => tell((observer) => observer.settled?.(event)),
  }
}
