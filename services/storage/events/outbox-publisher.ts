import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { DomainEvent } from '#shared/contracts'
import { toAppError } from '#shared/errors'
import { outageOf } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, type Logger, SPANS, withSpan } from '#shared/telemetry'
import type { EventOutbox, OutboxEntry } from './event-outbox'

export interface OutboxPublisherOptions {
  readonly outbox: EventOutbox
  /** Resolves when the event is safe where it goes. Called in the trace of the event. */
  readonly deliver: (event: DomainEvent) => Promise<void>
  /**
   * How long to leave a receiver alone that did not take an event, and how long that event is then passed by: twice as
   * long after each further try.
   */
  readonly retryMs: number
  readonly stats: ServiceStats
  readonly logger: Logger
}

/** Tries of one event before others pass it by: a bad moment of the receiver does not change their order. */
const TRIES_IN_ORDER = 3

/** Entries read at a time. */
const READ_MAX = 100

/**
 * Publishes what is in the outbox, oldest first, one at a time, until it is empty. It is
 *
 * - idle:       nothing to do; `wake` begins, or the time of an event that was passed by
 * - publishing: until no event's time has come, the receiver is away, or it is stopped
 * - resting:    for `retryMs` after an event was not taken, then publishing again
 * - stopped:    for good
 *
 * While the receiver is away all wait, in order. When it is there and has failed to take one event several times, it
 * is the event: from then on it is passed by and tried ever more rarely, and the others go on in their order. It is not
 * given up, because it may be taken some day. An event is removed only after it was taken, so it may be delivered
 * twice, under the same id.
 */
export class OutboxPublisher {
  readonly #options: OutboxPublisherOptions
  #publishing: Promise<void> | undefined
  /** Woken while publishing, after the outbox may have been read for the last time. */
  #wokenMeanwhile = false
  #rest: NodeJS.Timeout | undefined
  /** Set to the time of the first event that was passed by. */
  #alarm: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: OutboxPublisherOptions) {
    this.#options = options
  }

  /** To be called when something was put into the outbox and committed. */
  wake(): void {
    if (this.#stopped || this.#rest !== undefined) return
    if (this.#publishing !== undefined) {
      this.#wokenMeanwhile = true
      return
    }
    // Its work belongs to no request, whoever woke it.
    this.#publishing = context
      .with(ROOT_CONTEXT, () => this.#publishAll())
      .finally(() => {
        this.#publishing = undefined
        if (this.#wokenMeanwhile) this.wake()
      })
  }

  /** Begins nothing more; resolves when what it had begun is over. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#rest)
    clearTimeout(this.#alarm)
    await this.#publishing
  }

  /** Never rejects. */
  async #publishAll(): Promise<void> {
    this.#wokenMeanwhile = false
    clearTimeout(this.#alarm)
    try {
      let entries = this.#options.outbox.next(READ_MAX)
      while (entries.length > 0) {
        for (const entry of entries) {
          if (this.#stopped) return
          await this.#publish(entry)
        }
        entries = this.#options.outbox.next(READ_MAX)
      }
      this.#comeBackAt(this.#options.outbox.nextDueAt())
    } catch (error) {
      if (this.#stopped) return
      const { code, detail } = toAppError(error)
      const { waiting } = this.#options.outbox.counts()
      this.#options.logger.warn({ code, detail, waiting }, 'domain events wait in the outbox')
      this.#wokenMeanwhile = false
      this.#rest = setTimeout(() => {
        this.#rest = undefined
        this.wake()
      }, this.#options.retryMs)
    }
  }

  #comeBackAt(dueAt: number | undefined): void {
    if (this.#stopped || dueAt === undefined) return
    this.#alarm = setTimeout(() => this.wake(), Math.max(1, dueAt - Date.now()))
  }

  /** Throws what says nothing of the event. */
  async #publish(entry: OutboxEntry): Promise<void> {
    const { sequence, event, headers } = entry
    const { outbox, deliver, stats } = this.#options
    const parent = propagation.extract(ROOT_CONTEXT, headers)
    const attributes = { [ATTR.EVENT_TYPE]: event.event_type }
    try {
      await withSpan(SPANS.PUBLISH_OUTBOX, { parent, attributes }, () => deliver(event))
    } catch (error) {
      await this.#judge(entry, error)
      return
    }
    stats.increment('outbox_published')
    await outbox.remove(sequence)
  }

  async #judge({ sequence, event, attempts }: OutboxEntry, error: unknown): Promise<void> {
    const { outbox, retryMs, stats, logger } = this.#options
    const { code, detail, retryable } = toAppError(error)
    const { event_id } = event
    if (!retryable) {
      stats.increment('outbox_failed')
      logger.error({ event_id, code, detail }, 'domain event can never be published')
      await outbox.fail(sequence, `${code}: ${detail ?? ''}`)
      return
    }
    const outage = outageOf(error)
    if (outage !== undefined && !outage.brokeOff) throw error
    const surplus = attempts + 1 - TRIES_IN_ORDER
    await outbox.defer(sequence, surplus < 0 ? 0 : retryMs * 2 ** surplus)
    if (surplus < 0 || outage !== undefined) throw error
    stats.increment('outbox_deferred')
    logger.warn({ event_id, code, detail, attempts: attempts + 1 }, 'domain event is passed by')
  }
}
