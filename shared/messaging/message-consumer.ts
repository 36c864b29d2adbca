import { type Attributes, type Span, SpanKind } from '@opentelemetry/api'
import type { z } from 'zod'
import { AppError, toAppError } from '#shared/errors'
import type { PathwayRegistry } from '#shared/pathways'
import { ATTR, withPathway, withSpan } from '#shared/telemetry'
import type { BusLogger } from './bus-logger'
import type { BusObserver, SettledEvent } from './bus-observer'
import { CircuitBreaker, type CircuitState, type PauseLengths } from './circuit-breaker'
import type { Clock } from './clock'
import type { Delivery, DriverSubscription, Settlement } from './driver'
import { type HeldDelivery, holdDelivery } from './held-delivery'
import { giveUp, judgeFailure, type Outage, outageOf, type Verdict } from './judge-failure'
import { LeaseKeeper } from './lease-keeper'
import { type DeadLetterCause, HEADER, type WireMessage } from './message'
import { decodeBody } from './message-body'
import { MessageIntake } from './message-intake'
import { passReceiveCheckpoint } from './receive-checkpoint'
import { withJitter } from './retry-jitter'
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

/** A message that is about to be a dead letter. */
export interface GivenUpMessage {
  readonly message: WireMessage
  readonly attempt: number
  readonly error: unknown
  readonly cause: DeadLetterCause
}

/** Must be idempotent, too. A message is not given up as long as this fails with something that may pass. */
export type GiveUpHandler = (message: GivenUpMessage) => Promise<void>

export interface ConsumerOptions<Body> {
  readonly queue: string
  readonly schema: z.ZodType<Body>
  readonly handler: MessageHandler<Body>
  readonly onGivenUp?: GiveUpHandler | undefined
  /** Most messages held at a time. */
  readonly prefetch: number
  /** Most handlers running at a time. */
  readonly concurrency: number
  readonly pauses: PauseLengths
  readonly leaseMs: number
  readonly retryDelaysMs: readonly number[]
  readonly retryJitter: number
  readonly spanName: string
  /** Attributes that every consumer span of this queue has. */
  readonly attributes: Attributes
  readonly clock: Clock
  readonly logger: BusLogger
  readonly observer: Required<BusObserver>
  readonly service: string
  readonly pathways: PathwayRegistry
  /** Subscribes to the queue; neither it nor `deliver` runs in the context of a request. */
  subscribe(prefetch: number, deliver: (delivery: Delivery) => void): Promise<DriverSubscription>
}

interface Failure {
  readonly error: unknown
  readonly verdict: Verdict
  /** Set when it is the callee that failed, whatever the message. */
  readonly outage?: Outage | undefined
  /** False when the handler was not called. */
  readonly wasTried: boolean
}

/** What a consumer does, for people who wonder why nothing moves. */
export interface ConsumerState {
  readonly queue: string
  /** Messages here: waiting for a handler, or with one. */
  readonly held: number
  /** `open` while it is paused, `probing` while one message finds out whether its callee is there again. */
  readonly circuit: CircuitState
  /** When it will probe: wall clock, milliseconds since the epoch. Set while `open`. */
  readonly pausedUntil?: number
  /** Why it is not `closed`. */
  readonly reason?: string
}

interface Pause {
  readonly since: number
  until: number
  reason: string
}

/** What a drain could not finish and gave back to the queue. */
export interface DrainReport {
  readonly released: number
}

/** How long handlers may take to heed their signal, out of the time that a drain has. */
const ABORT_GRACE_MS = 250

/** Part of a drain's time in which handlers may still be started; see the class. */
const START_SHARE = 0.5

/**
 * Works off the deliveries of one queue, `concurrency` at a time. A delivery is
 *
 * - waiting:  arrived, no handler free yet
 * - running:  its handler works; ends in ack, retry (nack with delay), release or dead letter
 * - settled:  gone from here
 *
 * The leases of waiting and running ones are kept up until then.
 *
 * **Pause.** When a handler finds its callee gone, all messages would fail alike. The consumer then takes none,
 * gives back those that wait and those that nobody has tried, and tries one after a while; with that it goes on, or
 * pauses for longer. What is given back can be had by consumers whose callee is there.
 *
 * **Drain.** Takes nothing more and finishes what it has: a message that is finished here is redelivered to nobody,
 * while one that is given back comes again elsewhere, late and marked as redelivered. But a handler that is started
 * too late is stopped half-way, and its work done twice. So handlers are started in the first half of the time, which
 * leaves each at least the other half; what has not been started by then is released, and when the time is up, so
 * is what still runs. A released delivery does not count as an attempt, because it says nothing about the message.
 * Should its handler still finish, its effect happens twice: handlers are idempotent.
 */
export class MessageConsumer<Body> {
  readonly #options: ConsumerOptions<Body>
  readonly #waiting: HeldDelivery[] = []
  readonly #running = new Map<HeldDelivery, Promise<void>>()
  readonly #breaker: CircuitBreaker
  readonly #intake: MessageIntake
  readonly #leases: LeaseKeeper
  #phase: 'working' | 'finishing' | 'ending' = 'working'
  #pause: Pause | undefined
  /** Resolves when the present pause has stopped the intake. */
  #intakeStopped: Promise<void> = Promise.resolve()
  #cancelProbe = () => {}
  #released = 0

  constructor(options: ConsumerOptions<Body>) {
    const { queue, leaseMs, clock, logger, pauses } = options
    this.#options = options
    this.#breaker = new CircuitBreaker(pauses)
    this.#intake = new MessageIntake((prefetch) =>
      options.subscribe(prefetch, (delivery) => this.#receive(delivery)),
    )
    const held = () => [...this.#waiting, ...this.#running.keys()]
    this.#leases = new LeaseKeeper({ queue, leaseMs, clock, logger, held })
  }

  /** Resolves when messages can come. */
  async start(): Promise<void> {
    await this.#intake.open(this.#options.prefetch)
    this.#leases.start()
  }

  get state(): ConsumerState {
    const { queue } = this.#options
    const circuit = this.#breaker.state
    const held = this.#waiting.length + this.#running.size
    if (this.#pause === undefined) return { queue, held, circuit }
    const { until, reason } = this.#pause
    return { queue, held, circuit, reason, ...(circuit === 'open' && { pausedUntil: until }) }
  }

  #receive(delivery: Delivery): void {
    const { queue, observer, clock } = this.#options
    observer.delivered({ queue, message: delivery.message, attempt: delivery.attempt })
    const isProbe = this.#breaker.state === 'probing'
    const pathway = passReceiveCheckpoint(delivery, this.#options, clock.now())
    const held = holdDelivery(delivery, { leasedAt: clock.elapsed(), pathway, isProbe })
    if (this.#phase === 'ending') void this.#giveBack(held).catch(() => {})
    else this.#waiting.push(held)
    this.#startNext()
  }

  #startNext(): void {
    while (this.#mayStart() && this.#running.size < this.#options.concurrency) {
      const held = this.#waiting.shift()
      if (held === undefined) return
      if (held.abort.signal.aborted) {
        // Its lease was lost while it waited, so it is somebody else's by now.
        void this.#giveBack(held).catch(() => {})
        continue
      }
      const done = this.#process(held).finally(() => {
        this.#running.delete(held)
        this.#startNext()
      })
      this.#running.set(held, done)
    }
  }

  #mayStart(): boolean {
    return this.#phase !== 'ending' && this.#breaker.state !== 'open'
  }

  /** One consumer span, from the start of the handler to the end of the settlement. Never rejects. */
  async #process(held: HeldDelivery): Promise<void> {
    const { message } = held.delivery
    const { parent, links } = toProducerContext(message.headers)
    const attributes = {
      ...this.#options.attributes,
      ...this.#toAttributes(held.delivery),
      [ATTR.PATHWAY_HASH]: held.pathway.hash,
    }
    const options = {
      kind: SpanKind.CONSUMER,
      parent: withPathway(parent, held.pathway),
      links,
      attributes,
    }
    try {
      await withSpan(this.#options.spanName, options, (span) => this.#handleAndSettle(held, span))
    } catch {
      // Recorded on the span, told to the log and settled where it happened.
    }
  }

  async #handleAndSettle(held: HeldDelivery, span: Span): Promise<void> {
    if (held.isProbe) span.setAttribute(ATTR.CONSUMER_PROBE, true)
    const failure = await this.#handle(held)
    if (held.isProbe && (failure?.wasTried ?? true) && failure?.outage === undefined) this.#goOn(held)
    if (failure === undefined) {
      await this.#settle(held, { outcome: 'acked' }, () => held.delivery.ack())
      return
    }
    const final = await this.#tellGivenUp(held, failure)
    await this.#settleFailure(held, final, span)
    throw final.error
  }

  /** The failure that counts: another one when those who want to know could not be told. */
  async #tellGivenUp({ delivery, abort }: HeldDelivery, failure: Failure): Promise<Failure> {
    const { onGivenUp, retryDelaysMs, logger } = this.#options
    const { error, verdict } = failure
    if (onGivenUp === undefined || verdict.action !== 'dead-letter' || abort.signal.aborted) return failure
    const { message, attempt } = delivery
    try {
      await onGivenUp({ message, attempt, error, cause: verdict.cause })
      return failure
    } catch (untold) {
      logger.warn(
        { ...this.#toLogFields(delivery), err: untold },
        'nobody could be told of a given up message',
      )
      const instead = judgeFailure(untold, attempt, retryDelaysMs)
      if (instead.action === 'dead-letter') return failure
      return { error: untold, verdict: instead, outage: outageOf(untold), wasTried: true }
    }
  }

  async #handle(held: HeldDelivery): Promise<Failure | undefined> {
    const { queue, clock, observer } = this.#options
    const { message, attempt } = held.delivery
    const startedAt = clock.elapsed()
    const failure = await this.#attempt(held)
    const durationMs = clock.elapsed() - startedAt
    observer.handled({ queue, message, attempt, durationMs, ...(failure && { error: failure.error }) })
    return failure
  }

  async #attempt({ delivery, abort, abandoned }: HeldDelivery): Promise<Failure | undefined> {
    const { schema, handler, retryDelaysMs } = this.#options
    const { message, attempt, redelivered } = delivery
    if (attempt > retryDelaysMs.length + 1) {
      const error = unanswered(attempt)
      return { error, verdict: giveUp('attempts-exhausted', error), wasTried: false }
    }
    let body: Body
    try {
      body = decodeBody(message, schema)
    } catch (error) {
      return { error, verdict: giveUp('invalid-message', error), wasTried: false }
    }
    const { id: messageId, headers, enqueuedAt } = message
    const context = { messageId, attempt, redelivered, headers, enqueuedAt, signal: abort.signal }
    try {
      await Promise.race([handler(body, context), abandoned.promise])
      return undefined
    } catch (error) {
      // What a handler says once its message is being taken back is about us, not about its callee.
      const outage = abort.signal.aborted ? undefined : outageOf(error)
      const wasTried = !abort.signal.aborted
      return { error, verdict: judgeFailure(error, attempt, retryDelaysMs), outage, wasTried }
    }
  }

  async #settleFailure(held: HeldDelivery, { error, verdict, outage }: Failure, span: Span): Promise<void> {
    const { delivery, abort } = held
    if (outage !== undefined) this.#pauseFor(outage, held, error, span)
    const fields = { ...this.#toLogFields(delivery), code: toAppError(error).code, err: error }
    if (abort.signal.aborted) {
      this.#options.logger.warn(fields, 'message interrupted')
      await this.#giveBack(held)
    } else if (verdict.action === 'release') {
      // It would come straight back to a consumer that still takes messages.
      await this.#intakeStopped
      span.setAttribute(ATTR.MESSAGE_RELEASED, true)
      await this.#giveBack(held)
    } else if (verdict.action === 'retry') {
      const delayMs = withJitter(verdict.delayMs, this.#options.retryJitter, Math.random())
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
    const { queue, clock, logger, observer } = this.#options
    const fields = this.#toLogFields(held.delivery)
    held.settling = true
    const startedAt = clock.elapsed()
    try {
      const settlement = await settle()
      const durationMs = clock.elapsed() - startedAt
      const { message, attempt } = held.delivery
      if (settlement === 'settled') observer.settled({ queue, message, attempt, durationMs, ...end })
      else logger.warn(fields, 'message settled after its lease was lost')
      return settlement
    } catch (error) {
      logger.error({ ...fields, err: error }, 'message could not be settled')
      throw error
    }
  }

  /** Takes no messages for a while. Does nothing when it is paused, or when another message is to find out. */
  #pauseFor({ retryAfterMs }: Outage, held: HeldDelivery, error: unknown, span: Span): void {
    if (this.#breaker.state === 'probing' && !held.isProbe) return
    const pauseMs = this.#breaker.trip(retryAfterMs)
    if (pauseMs === undefined) return
    span.setAttribute(ATTR.CONSUMER_PAUSE_MS, pauseMs)
    const { code, message } = toAppError(error)
    const fields = { ...this.#toLogFields(held.delivery), code, pause_ms: pauseMs, err: error }
    // Said once, not with every probe in vain.
    if (this.#pause === undefined) this.#options.logger.warn(fields, 'consumer paused: its callee is away')
    this.#beginPause(pauseMs, message)
  }

  #beginPause(pauseMs: number, reason: string): void {
    const { clock } = this.#options
    const now = clock.now()
    const until = now + pauseMs
    this.#pause = { since: this.#pause?.since ?? now, until, reason }
    this.#intakeStopped = this.#intake.close({ paused: { until, reason } }).then(
      () => this.#releaseWaiting(),
      (error) => this.#logIntakeFailure(error),
    )
    if (this.#phase === 'working') this.#cancelProbe = clock.schedule(pauseMs, () => void this.#probe())
  }

  /** Takes one message, to find out with it. */
  async #probe(): Promise<void> {
    this.#breaker.probe()
    await this.#openIntake(1)
  }

  #goOn(held: HeldDelivery): void {
    const { clock, logger, prefetch } = this.#options
    const pausedForMs = clock.now() - (this.#pause?.since ?? clock.now())
    this.#breaker.close()
    this.#pause = undefined
    logger.info({ ...this.#toLogFields(held.delivery), paused_ms: pausedForMs }, 'consumer goes on')
    void this.#openIntake(prefetch)
  }

  async #openIntake(prefetch: number): Promise<void> {
    const { queue, logger } = this.#options
    try {
      await this.#intake.open(prefetch)
    } catch (error) {
      logger.error({ queue, err: error }, 'queue cannot be read')
      const pauseMs = this.#breaker.trip()
      if (pauseMs !== undefined) this.#beginPause(pauseMs, 'the queue cannot be read')
    }
  }

  #logIntakeFailure(error: unknown): void {
    this.#options.logger.error({ queue: this.#options.queue, err: error }, 'subscription cannot be ended')
  }

  async #releaseWaiting(): Promise<void> {
    await Promise.allSettled(this.#waiting.splice(0).map((held) => this.#giveBack(held)))
  }

  /** Takes nothing more, finishes what it can within `timeoutMs` and gives back the rest. */
  async drain(timeoutMs: number): Promise<DrainReport> {
    const { clock } = this.#options
    const startedAt = clock.elapsed()
    const leftOf = (partMs: number) => Math.max(0, startedAt + partMs - clock.elapsed())
    this.#phase = 'finishing'
    this.#cancelProbe()
    const ended = this.#intake.end().catch((error) => this.#logIntakeFailure(error))
    if (this.#breaker.state !== 'closed')
      await this.#within(
        leftOf(timeoutMs),
        ended.then(() => this.#releaseWaiting()),
      )
    await this.#within(
      leftOf(timeoutMs * START_SHARE),
      ended.then(() => this.#idle()),
    )

    this.#phase = 'ending'
    await this.#within(
      leftOf(timeoutMs - ABORT_GRACE_MS),
      Promise.all([this.#releaseWaiting(), this.#idle()]),
    )
    for (const { abort } of this.#running.keys()) abort.abort(new AppError('shutting-down'))
    await this.#within(Math.min(timeoutMs, ABORT_GRACE_MS), this.#idle())
    for (const { abandoned } of this.#running.keys()) abandoned.reject(new AppError('shutting-down'))
    await this.#idle()

    this.#leases.stop()
    return { released: this.#released }
  }

  /** Resolves when no handler runs and none is about to. */
  async #idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  async #within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const timeUp = Promise.withResolvers<void>()
    const cancel = this.#options.clock.schedule(timeoutMs, timeUp.resolve)
    await Promise.race([work, timeUp.promise])
    cancel()
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
