import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { DomainEvent } from '#shared/contracts'
import { toAppError } from '#shared/errors'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, type Logger, SPANS, withSpan } from '#shared/telemetry'
import type { EventOutbox, OutboxEntry } from './event-outbox'

export interface OutboxPublisherOptions {
  readonly outbox: EventOutbox
  /** Resolves when the event is safe where it goes. Called in the trace of the event. */
  readonly deliver: (event: DomainEvent) => Promise<void>
  /** How long to leave a receiver alone that did not take an event. */
  readonly retryMs: number
  readonly stats: ServiceStats
  readonly logger: Logger
}

/** Entries read at a time. */
const READ_MAX = 100

/**
 * Publishes what is in the outbox, oldest first, one at a time, until it is empty. It is
 *
 * - idle:       nothing to do; `wake` begins
 * - publishing: until the outbox is empty, an event is not taken, or it is stopped
 * - resting:    for `retryMs` after an event was not taken, then publishing again
 * - stopped:    for good
 *
 * An event is removed only after it was taken, so it may be delivered twice, under the same id.
 */
export class OutboxPublisher {
  readonly #options: OutboxPublisherOptions
  #publishing: Promise<void> | undefined
  /** Woken while publishing, after the outbox may have been read for the last time. */
  #wokenMeanwhile = false
  #rest: NodeJS.Timeout | undefined
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
    await this.#publishing
  }

  /** Never rejects. */
  async #publishAll(): Promise<void> {
    this.#wokenMeanwhile = false
    try {
      let entries = this.#options.outbox.next(READ_MAX)
      while (entries.length > 0) {
        for (const entry of entries) {
          if (this.#stopped) return
          await this.#publish(entry)
        }
        entries = this.#options.outbox.next(READ_MAX)
      }
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

  /** Throws what may go away by itself. */
  async #publish({ sequence, event, headers }: OutboxEntry): Promise<void> {
    const { outbox, deliver, stats, logger } = this.#options
    const parent = propagation.extract(ROOT_CONTEXT, headers)
    const attributes = { [ATTR.EVENT_TYPE]: event.event_type }
    try {
      await withSpan(SPANS.PUBLISH_OUTBOX, { parent, attributes }, () => deliver(event))
    } catch (error) {
      const { code, detail, retryable } = toAppError(error)
      if (retryable) throw error
      stats.increment('outbox_failed')
      logger.error({ event_id: event.event_id, code, detail }, 'domain event can never be published')
      await outbox.fail(sequence, `${code}: ${detail ?? ''}`)
      return
    }
    stats.increment('outbox_published')
    await outbox.remove(sequence)
  }
}
