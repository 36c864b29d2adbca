import { AppError } from '#shared/errors'
import type { Clock } from '../../clock'
import type { PublisherOptions } from '../../publisher-presets'
import { hasReplyCode, REPLY } from './amqp'
import type { BrokerLink } from './broker-link'
import { Outbox, OutboxEntry, type OutgoingParcel, type PublishResult } from './outbox'
import { PublishBreaker } from './publish-breaker'
import { PublishingChannel } from './publishing-channel'
import { WaitingLine } from './waiting-line'

/** What became of a message that was to be sent, for counters and metrics. */
export interface PublishReport {
  /** Queue or exchange as the topology names it. */
  readonly destination: string
  /**
   * `confirmed` is safe; `written` left this process, with confirms off; `unroutable`: no queue is bound;
   * `failed`: refused, not connected or not confirmed in time.
   */
  readonly outcome: 'confirmed' | 'written' | 'unroutable' | 'queue-full' | 'failed'
  /** From the call to its end. */
  readonly durationMs: number
  readonly bytes: number
  /** How often it was sent: more than once when a connection was lost. */
  readonly sends: number
}

export interface PublisherSetup {
  readonly links: readonly BrokerLink[]
  readonly options: PublisherOptions
  readonly clock: Clock
  onPublished(report: PublishReport): void
  /** An exchange or a queue is gone that was declared; told for every message that finds out. */
  onMissing(): void
  onTrouble(error: unknown): void
}

/** For copies that settle a delivery: they are as many as there are deliveries, and must get their chance. */
export interface PublishPrivileges {
  /** Neither the room in the outbox nor failures before stand in the way. */
  readonly isPrivileged?: boolean
}

const QUEUE_FULL_RETRY_AFTER_SECONDS = 5

/**
 * Brings messages to the broker and keeps each until the broker has confirmed it. What was not confirmed when a
 * connection ended is sent again on the next one, in order; then it may be there twice.
 */
export class Publisher {
  readonly #setup: PublisherSetup
  readonly #outbox: Outbox
  readonly #breaker: PublishBreaker
  readonly #channels: readonly PublishingChannel[]
  /** To be written as soon as a channel has room. */
  readonly #waiting = new WaitingLine<OutboxEntry>()
  #isPumping = false
  /** Being gathered for a batch. */
  #batch: OutboxEntry[] = []
  #cancelBatch = () => {}
  #cancelTimeout: (() => void) | undefined
  #closing = false
  #whenEmpty: (() => void) | undefined

  constructor(setup: PublisherSetup) {
    this.#setup = setup
    const { options, links, clock } = setup
    this.#outbox = new Outbox({ count: options.outboxMax, bytes: options.outboxBytesMax })
    this.#breaker = new PublishBreaker(
      { failures: options.breakerFailures, pauseMs: options.breakerPauseMs },
      clock,
    )
    for (const link of links) link.watch({ up: () => this.#breaker.endPause() })
    this.#channels = links.map(
      (link) =>
        new PublishingChannel({
          link,
          clock,
          confirms: options.confirms,
          window: options.window,
          onRoom: () => this.#pump(),
          onSettled: (entry, outcome) => this.#settled(entry, outcome),
          onLost: (entries) => this.#lost(entries),
          onRefused: (entry, error) => this.#refused(entry, error),
          onMissing: setup.onMissing,
          onTrouble: setup.onTrouble,
        }),
    )
  }

  /**
   * Resolves when the message is safe, or, with confirms off, when it was written.
   *
   * @throws AppError `queue-full` · `service-unavailable`: not confirmed in time, or refused at once because
   * the outbox is full or the last ones all failed · `invalid-request`: the broker cannot take it ·
   * `broker-refused`, `topology-mismatch` · `shutting-down`
   */
  async publish(
    parcel: OutgoingParcel,
    { isPrivileged = false }: PublishPrivileges = {},
  ): Promise<PublishResult> {
    if (this.#closing) throw new AppError('shutting-down')
    const entry = new OutboxEntry(parcel, this.#setup.clock.elapsed())
    try {
      if (isPrivileged) this.#outbox.add(entry)
      else this.#admit(entry)
    } catch (error) {
      this.#report(entry, 'failed')
      throw error
    }
    this.#armTimeout()
    this.#enqueue(entry)
    return entry.result
  }

  #admit(entry: OutboxEntry): void {
    const refusal = this.#setup.links.find((link) => link.refusal !== undefined)?.refusal
    if (refusal !== undefined) throw refusal
    if (!this.#breaker.admits()) {
      throw new AppError('service-unavailable', {
        detail: `the last ${this.#setup.options.breakerFailures} messages failed, so none is tried for a while: ${this.obstacle ?? 'the broker confirmed none of them in time'}`,
        retryAfterSeconds: Math.max(1, Math.ceil(this.#breaker.pauseLeftMs / 1_000)),
      })
    }
    try {
      this.#outbox.addWithinLimits(entry, () => this.obstacle)
    } catch (error) {
      this.#breaker.abstained()
      throw error
    }
  }

  /** Why nothing can be sent right now; undefined when it can. */
  get obstacle(): string | undefined {
    const obstacles = this.#channels.map((channel) => channel.obstacle)
    return obstacles.every((obstacle) => obstacle !== undefined) ? obstacles[0] : undefined
  }

  #enqueue(entry: OutboxEntry): void {
    const { batchSize, batchTimeoutMs } = this.#setup.options
    if (batchSize <= 1) {
      this.#waiting.push(entry)
      this.#pump()
      return
    }
    this.#batch.push(entry)
    if (this.#batch.length >= batchSize) this.#flushBatch()
    else if (this.#batch.length === 1) {
      this.#cancelBatch = this.#setup.clock.schedule(batchTimeoutMs, () => this.#flushBatch())
    }
  }

  #flushBatch(): void {
    this.#cancelBatch()
    for (const entry of this.#batch.splice(0)) this.#waiting.push(entry)
    this.#pump()
  }

  /** Not entered twice: a message that is settled while it is written makes room for the next. */
  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    for (let entry = this.#waiting.first(); entry !== undefined; entry = this.#waiting.first()) {
      const channel = entry.isDone ? undefined : this.#leastLoaded(entry)
      if (channel === undefined && !entry.isDone) break
      this.#waiting.shift()
      channel?.write(entry)
    }
    this.#isPumping = false
  }

  #leastLoaded(entry: OutboxEntry): PublishingChannel | undefined {
    let best: PublishingChannel | undefined
    for (const channel of this.#channels) {
      if (channel.hasRoomFor(entry) && (best === undefined || channel.load < best.load)) best = channel
    }
    return best
  }

  #settled(entry: OutboxEntry, outcome: 'ack' | 'nack'): void {
    // Time was up before.
    if (entry.isDone) return
    this.#outbox.remove(entry)
    const { destination, hasLengthLimit } = entry.parcel
    if (outcome === 'ack') {
      this.#breaker.succeeded()
      const written = this.#setup.options.confirms ? 'confirmed' : 'written'
      this.#report(entry, entry.isReturned ? 'unroutable' : written)
      entry.resolve()
    } else if (hasLengthLimit) {
      this.#breaker.succeeded()
      this.#report(entry, 'queue-full')
      entry.reject(
        new AppError('queue-full', {
          detail: `${destination} holds as many messages as it may`,
          retryAfterSeconds: QUEUE_FULL_RETRY_AFTER_SECONDS,
        }),
      )
    } else {
      this.#fail(
        entry,
        new AppError('service-unavailable', { detail: `the broker refused a message for ${destination}` }),
      )
    }
    this.#tellWhenEmpty()
  }

  #lost(entries: readonly OutboxEntry[]): void {
    this.#waiting.unshift(...entries.filter(({ isDone }) => !isDone))
    this.#pump()
  }

  #refused(entry: OutboxEntry, error: unknown): void {
    if (entry.isDone) return
    this.#breaker.abstained()
    this.#end(entry, this.#toRefusal(entry.parcel, error))
    this.#pump()
  }

  #toRefusal({ destination, exchange, properties }: OutgoingParcel, error: unknown): AppError {
    if (hasReplyCode(error, REPLY.NOT_FOUND)) {
      this.#setup.onMissing()
      return new AppError('service-unavailable', {
        detail: `the exchange ${exchange} of ${destination} is gone from the broker; it is declared again`,
        cause: error,
      })
    }
    const reason = error instanceof Error ? error.message : String(error)
    if (hasReplyCode(error, REPLY.ACCESS_REFUSED)) {
      return new AppError('broker-refused', {
        detail: `the broker lets this user send nothing to ${destination}: ${reason}`,
        cause: error,
      })
    }
    return new AppError('invalid-request', {
      detail: `the broker cannot take message ${properties.messageId} for ${destination}: ${reason}`,
      cause: error,
    })
  }

  #fail(entry: OutboxEntry, error: AppError): void {
    this.#breaker.failed()
    this.#end(entry, error)
  }

  #end(entry: OutboxEntry, error: AppError): void {
    this.#outbox.remove(entry)
    this.#report(entry, 'failed')
    entry.reject(error)
    this.#tellWhenEmpty()
  }

  #report({ parcel, addedAt, sends }: OutboxEntry, outcome: PublishReport['outcome']): void {
    this.#setup.onPublished({
      destination: parcel.destination,
      outcome,
      durationMs: this.#setup.clock.elapsed() - addedAt,
      bytes: parcel.body.byteLength,
      sends,
    })
  }

  /** One timer for all: what was added first is late first. */
  #armTimeout(): void {
    if (this.#cancelTimeout !== undefined) return
    const oldest = this.#outbox.oldest()
    if (oldest === undefined) return
    const dueInMs = oldest.addedAt + this.#setup.options.timeoutMs - this.#setup.clock.elapsed()
    this.#cancelTimeout = this.#setup.clock.schedule(Math.max(1, dueInMs), () => {
      this.#cancelTimeout = undefined
      this.#failLate()
      this.#armTimeout()
    })
  }

  #failLate(): void {
    const { clock, options } = this.#setup
    for (let entry = this.#outbox.oldest(); entry !== undefined; entry = this.#outbox.oldest()) {
      if (clock.elapsed() - entry.addedAt < options.timeoutMs) return
      const why = this.obstacle ?? `${entry.sends} times sent, and the broker did not confirm it`
      this.#fail(
        entry,
        new AppError('service-unavailable', {
          detail: `the message for ${entry.parcel.destination} was not safe within ${options.timeoutMs} ms: ${why}`,
          retryAfterSeconds: 1,
        }),
      )
    }
  }

  /** Resolves when nothing is on its way, at the latest with `deadline`. */
  async idle(deadline: Promise<void>): Promise<void> {
    this.#flushBatch()
    if (this.#outbox.size === 0) return
    const empty = Promise.withResolvers<void>()
    this.#whenEmpty = empty.resolve
    await Promise.race([empty.promise, deadline])
  }

  /** Takes nothing more, and waits until `deadline` for what is on its way. What is not safe then is refused. */
  async close(deadline: Promise<void>): Promise<void> {
    this.#closing = true
    await this.idle(deadline)
    for (const entry of this.#outbox.entries()) {
      this.#end(entry, new AppError('shutting-down', { detail: 'the broker did not confirm the message' }))
    }
    this.#cancelTimeout?.()
    await Promise.race([Promise.all(this.#channels.map((channel) => channel.close())), deadline])
  }

  #tellWhenEmpty(): void {
    if (this.#outbox.size === 0) this.#whenEmpty?.()
  }
}
