import { type Attributes, type Span, SpanKind } from '@opentelemetry/api'
import type { z } from 'zod'
import { AppError, toAppError } from '#shared/errors'
import { ATTR, withSpan } from '#shared/telemetry'
import type { BusLogger } from './bus-logger'
import type { BusObserver, SettledEvent } from './bus-observer'
import type { Clock } from './clock'
import type { Delivery, Settlement } from './driver'
import { giveUp, judgeFailure, type Verdict } from './judge-failure'
import { HEADER } from './message'
import { decodeBody } from './message-body'
import { toProducerContext } from './trace-headers'

/** What a handler learns beside the body. */
export interface MessageContext {
  readonly messageId: string
  /** 1 for the first. */
  readonly attempt: number
  readonly redelivered: boolean
  readonly headers: Readonly<Record<string, string>>
  /** Wall clock, milliseconds since the epoch. */
  readonly enqueuedAt: number
  /** Aborts when the message is taken back: the process is shutting down, or the lease was lost. */
  readonly signal: AbortSignal
}

export type MessageHandler<Body> = (body: Body, message: MessageContext) => Promise<void>

export interface ConsumerOptions<Body> {
  readonly queue: string
  readonly schema: z.ZodType<Body>
  readonly handler: MessageHandler<Body>
  readonly concurrency: number
  readonly leaseMs: number
  readonly retryDelaysMs: readonly number[]
  readonly spanName: string
  /** Attributes that every consumer span of this queue has. */
  readonly attributes: Attributes
  readonly clock: Clock
  readonly logger: BusLogger
  readonly observer: Required<BusObserver>
}

/** A delivery from the moment it arrives to its settlement. */
interface HeldDelivery {
  readonly delivery: Delivery
  readonly abort: AbortController
  /** Rejects when a handler that does not heed its signal is no longer waited for. */
  readonly abandoned: PromiseWithResolvers<never>
  /** When the lease was last begun, on the monotonic clock. */
  leasedAt: number
  /** From here on the lease is being given up, so it is not extended. */
  settling: boolean
}

interface Failure {
  readonly error: unknown
  readonly verdict: Verdict
}

/** What a drain could not finish and gave back to the queue. */
export interface DrainReport {
  readonly released: number
}

/** How long handlers may take to heed their signal, out of the time that a drain has. */
const ABORT_GRACE_MS = 250

/**
 * Works off the deliveries of one subscription, `concurrency` at a time. A delivery is
 *
 * - waiting:  arrived, no handler free yet
 * - running:  its handler works; ends in ack, retry (nack with delay) or dead letter
 * - settled:  gone from here
 *
 * Waiting and running ones are extended every third of a lease: however long a handler takes, its message goes
 * to nobody else, and if the process dies, the lease runs out. On drain, waiting ones are released at once, and
 * running ones when their time is up; a released delivery does not count as an attempt, because it says nothing
 * about the message. Should its handler still finish, its effect happens twice: handlers are idempotent.
 */
export class MessageConsumer<Body> {
  readonly #options: ConsumerOptions<Body>
  readonly #waiting: HeldDelivery[] = []
  readonly #running = new Map<HeldDelivery, Promise<void>>()
  #draining = false
  #released = 0
  #cancelBeat: () => void

  constructor(options: ConsumerOptions<Body>) {
    this.#options = options
    this.#cancelBeat = this.#scheduleBeat()
  }

  /** Takes over a delivery. Must be called outside of any request's context. */
  receive(delivery: Delivery): void {
    const abandoned = Promise.withResolvers<never>()
    // Nobody need be listening when it rejects.
    abandoned.promise.catch(() => {})
    const leasedAt = this.#options.clock.elapsed()
    const { queue, observer } = this.#options
    observer.delivered({ queue, message: delivery.message, attempt: delivery.attempt })
    this.#waiting.push({ delivery, abort: new AbortController(), abandoned, leasedAt, settling: false })
    this.#startNext()
  }

  #startNext(): void {
    while (!this.#draining && this.#running.size < this.#options.concurrency) {
      const held = this.#waiting.shift()
      if (held === undefined) return
      const done = this.#process(held).finally(() => {
        this.#running.delete(held)
        this.#startNext()
      })
      this.#running.set(held, done)
    }
  }

  /** One consumer span, from the start of the handler to the end of the settlement. Never rejects. */
  async #process(held: HeldDelivery): Promise<void> {
    const { message } = held.delivery
    const { parent, links } = toProducerContext(message.headers)
    const attributes = { ...this.#options.attributes, ...this.#toAttributes(held.delivery) }
    const options = { kind: SpanKind.CONSUMER, parent, links, attributes }
    try {
      await withSpan(this.#options.spanName, options, (span) => this.#handleAndSettle(held, span))
    } catch {
      // Recorded on the span, told to the log and settled where it happened.
    }
  }

  async #handleAndSettle(held: HeldDelivery, span: Span): Promise<void> {
    const failure = await this.#attempt(held)
    if (failure === undefined) {
      await this.#settle(held, { outcome: 'acked' }, () => held.delivery.ack())
      return
    }
    await this.#settleFailure(held, failure, span)
    throw failure.error
  }

  async #attempt({ delivery, abort, abandoned }: HeldDelivery): Promise<Failure | undefined> {
    const { schema, handler, retryDelaysMs } = this.#options
    const { message, attempt, redelivered } = delivery
    if (attempt > retryDelaysMs.length + 1) {
      const error = unanswered(attempt)
      return { error, verdict: giveUp('attempts-exhausted', error) }
    }
    let body: Body
    try {
      body = decodeBody(message, schema)
    } catch (error) {
      return { error, verdict: giveUp('invalid-message', error) }
    }
    const { id: messageId, headers, enqueuedAt } = message
    const context = { messageId, attempt, redelivered, headers, enqueuedAt, signal: abort.signal }
    try {
      await Promise.race([handler(body, context), abandoned.promise])
      return undefined
    } catch (error) {
      return { error, verdict: judgeFailure(error, attempt, retryDelaysMs) }
    }
  }

  async #settleFailure(held: HeldDelivery, { error, verdict }: Failure, span: Span): Promise<void> {
    const { delivery, abort } = held
    const fields = { ...this.#toLogFields(delivery), code: toAppError(error).code, err: error }
    if (abort.signal.aborted) {
      this.#options.logger.warn(fields, 'message interrupted')
      await this.#giveBack(held)
    } else if (verdict.action === 'retry') {
      const { delayMs } = verdict
      this.#options.logger.warn({ ...fields, retry_in_ms: delayMs }, 'message failed and will be retried')
      await this.#settle(held, { outcome: 'retried' }, () => delivery.nack({ delayMs }))
    } else {
      span.setAttribute(ATTR.MESSAGE_DEAD_LETTERED, true)
      this.#options.logger.error({ ...fields, reason: verdict.cause.reason }, 'message given up')
      const { cause } = verdict
      await this.#settle(held, { outcome: 'dead-lettered', cause }, () => delivery.deadLetter(cause))
    }
  }

  async #giveBack(held: HeldDelivery): Promise<void> {
    const settlement = await this.#settle(held, { outcome: 'released' }, () => held.delivery.release())
    if (settlement === 'settled') this.#released += 1
  }

  /** A settlement that fails leaves the message leased: it comes again when the lease runs out. */
  async #settle(
    held: HeldDelivery,
    end: Pick<SettledEvent, 'outcome' | 'cause'>,
    settle: () => Promise<Settlement>,
  ): Promise<Settlement> {
    const { queue, logger, observer } = this.#options
    const fields = this.#toLogFields(held.delivery)
    held.settling = true
    try {
      const settlement = await settle()
      const { message, attempt } = held.delivery
      if (settlement === 'settled') observer.settled({ queue, message, attempt, ...end })
      else logger.warn(fields, 'message settled after its lease was lost')
      return settlement
    } catch (error) {
      logger.error({ ...fields, err: error }, 'message could not be settled')
      throw error
    }
  }

  /**
   * Stops starting handlers, waits for those that run, and gives back what is not finished after `timeoutMs`.
   * The subscription must have been stopped before.
   */
  async drain(timeoutMs: number): Promise<DrainReport> {
    this.#draining = true
    await Promise.allSettled(this.#waiting.splice(0).map((held) => this.#giveBack(held)))

    await this.#finishedWithin(timeoutMs - ABORT_GRACE_MS)
    for (const { abort } of this.#running.keys()) abort.abort(new AppError('shutting-down'))
    await this.#finishedWithin(Math.min(timeoutMs, ABORT_GRACE_MS))
    for (const { abandoned } of this.#running.keys()) abandoned.reject(new AppError('shutting-down'))
    await Promise.all(this.#running.values())

    this.#cancelBeat()
    return { released: this.#released }
  }

  async #finishedWithin(timeoutMs: number): Promise<void> {
    if (this.#running.size === 0) return
    const timeUp = Promise.withResolvers<void>()
    const cancel = this.#options.clock.schedule(Math.max(0, timeoutMs), timeUp.resolve)
    await Promise.race([Promise.all(this.#running.values()), timeUp.promise])
    cancel()
  }

  #scheduleBeat(): () => void {
    return this.#options.clock.schedule(this.#options.leaseMs / 3, () => {
      this.#cancelBeat = this.#scheduleBeat()
      this.#extendLeases()
    })
  }

  #extendLeases(): void {
    const { clock, leaseMs } = this.#options
    for (const held of [...this.#waiting, ...this.#running.keys()]) {
      // A young lease lasts well beyond the next beat.
      if (!held.settling && clock.elapsed() - held.leasedAt >= leaseMs / 6) void this.#extendLease(held)
    }
  }

  async #extendLease(held: HeldDelivery): Promise<void> {
    const { clock, leaseMs, logger } = this.#options
    const leasedAt = clock.elapsed()
    try {
      if ((await held.delivery.extend(leaseMs)) === 'settled') held.leasedAt = leasedAt
      else if (!held.settling) held.abort.abort(new Error('the lease on the message was lost'))
    } catch (error) {
      logger.warn({ ...this.#toLogFields(held.delivery), err: error }, 'lease could not be extended')
    }
  }

  #toAttributes({ message, attempt, redelivered }: Delivery): Attributes {
    const conversationId = message.headers[HEADER.CONVERSATION_ID]
    const replayedFrom = message.headers[HEADER.REPLAYED_FROM]
    return {
      [ATTR.MESSAGING_MESSAGE_ID]: message.id,
      [ATTR.MESSAGE_ID]: message.id,
      [ATTR.MESSAGING_MESSAGE_BODY_SIZE]: message.body.byteLength,
      ...(conversationId !== undefined && { [ATTR.MESSAGING_CONVERSATION_ID]: conversationId }),
      [ATTR.MESSAGE_ATTEMPT]: attempt,
      [ATTR.MESSAGE_REDELIVERED]: redelivered,
      ...(replayedFrom !== undefined && { [ATTR.MESSAGE_REPLAYED_FROM]: replayedFrom }),
      [ATTR.MESSAGE_WAIT_MS]: Math.max(0, this.#options.clock.now() - message.enqueuedAt),
    }
  }

  #toLogFields({ message, attempt }: Delivery) {
    return { queue: this.#options.queue, message_id: message.id, attempt }
  }
}

/** Attempts are counted when they begin, so those that ended with the process are counted, too. */
function unanswered(attempt: number): AppError {
  return new AppError('internal-error', {
    detail: `${attempt - 1} attempts are used up, the last without an answer; it may have ended the process`,
  })
}
