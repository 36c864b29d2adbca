import assert from 'node:assert/strict'
import { randomUUIDv7 } from 'node:crypto'
import { type Attributes, type Context, context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import type { z } from 'zod'
import { AppError } from '#shared/errors'
import { type PathwayRegistry, processPathways } from '#shared/pathways'
import { ATTR, ownServiceName, pathwayOf, withPathway, withSpan } from '#shared/telemetry'
import { type BusLogger, silentLogger } from './bus-logger'
import { type BusObserver, toSafeObserver } from './bus-observer'
import { PAUSE_LENGTHS, type PauseLengths } from './circuit-breaker'
import { type Clock, systemClock } from './clock'
import type {
  DeadLetterPage,
  DeadLetterPageRequest,
  DriverConnection,
  MessageDriver,
  MessageRecord,
  QueueStats,
  ReplaySelection,
} from './driver'
import {
  type DeadLetterCause,
  HEADER,
  isDeadLetterQueue,
  type MessagePriority,
  type WireMessage,
} from './message'
import { checkBody, encodeBody, JSON_MEDIA_TYPE } from './message-body'
import {
  type ConsumerState,
  type DrainReport,
  type GiveUpHandler,
  MessageConsumer,
  type MessageHandler,
} from './message-consumer'
import { MessagingInstruments } from './messaging-instruments'
import { toReplayHeaders, withTraceHeaders } from './trace-headers'

export interface MessageBusOptions {
  readonly driver: MessageDriver
  /** Waits before the second, third … attempt; a message has one attempt more than there are delays. */
  readonly retryDelaysMs: readonly number[]
  /** Share of such a wait by which it is shorter or longer at random, 0 (none, the default) to 1. */
  readonly retryJitter?: number
  /** How long a silent holder keeps a message. Handlers may take longer: the bus extends their leases. */
  readonly leaseMs: number
  /** How long consumers leave a callee alone that is not there. */
  readonly pauses?: PauseLengths
  /**
   * Names of the producer and the consumer span by queue or exchange: `send {destination}` and
   * `process {queue}` unless told otherwise.
   */
  readonly spanNames?: Readonly<Record<string, { readonly send?: string; readonly process?: string }>>
  /** Most bytes of body and headers together. */
  readonly messageBytesMax?: number
  /** Who publishes and consumes, for the checkpoints of pathways: this process's `service.name` unless told otherwise. */
  readonly service?: string
  /** Where checkpoints are counted: with all of this process unless told otherwise. */
  readonly pathways?: PathwayRegistry
  /** Told of every message, for counters and metrics. */
  readonly observers?: readonly BusObserver[]
  readonly logger?: BusLogger
  readonly clock?: Clock
}

/** Where a message goes: into one queue, or to an exchange, which copies it to the queues bound to it. */
export type Destination =
  | { readonly queue: string }
  | { readonly exchange: string; readonly routingKey: string }

export type PublishOptions<Body = unknown> = Destination & {
  /** Anything with a JSON form. */
  readonly body: Body
  /** Publishing again under the same id adds nothing; a random one unless told otherwise. */
  readonly id?: string
  /** Checked before sending, so that no consumer gets what cannot fit. */
  readonly schema?: z.ZodType<Body>
  readonly headers?: Readonly<Record<string, string>>
  /** Heeded by queues that are defined with priorities. */
  readonly priority?: MessagePriority
  /** How long it may wait for a consumer, when that is shorter than its queue allows. */
  readonly ttlMs?: number
  /** The request that the message belongs to, on both spans. */
  readonly conversationId?: string
  /** Further attributes of the producer span. */
  readonly attributes?: Attributes
}

export interface PublishReceipt {
  readonly messageId: string
  /** True when the queue had this message before. */
  readonly duplicate: boolean
  /** Messages waiting, this one included; undefined when the driver does not know, and for an exchange. */
  readonly queueSize: number | undefined
  /** False when no queue is bound to the exchange for this routing key: nobody wants the message. */
  readonly isRouted: boolean
}

export interface ConsumeOptions<Body> {
  readonly queue: string
  /** A body that does not fit goes to the dead letters at once. */
  readonly schema: z.ZodType<Body>
  /** Must be idempotent: a message may come more than once. */
  readonly handler: MessageHandler<Body>
  /** Called before a message becomes a dead letter, whatever the reason, so that others may be told. */
  readonly onGivenUp?: GiveUpHandler
  /** Most messages held at a time. */
  readonly prefetch?: number
  /** Most handlers running at a time, `prefetch` unless told otherwise. */
  readonly concurrency?: number
}

export interface Subscription {
  /**
   * Takes no more messages and finishes those that are here. What cannot be finished within `timeoutMs` is given
   * back, the signals of handlers that still run are aborted. Resolves when nothing is held any more; nothing is lost.
   */
  drain(timeoutMs: number): Promise<DrainReport>
  /** What it does right now. */
  readonly state: ConsumerState
}

/** `processing` from the first delivery to the last, pauses between attempts included. */
export type MessageState = 'accepted' | 'processing' | 'processed' | 'failed'

export interface MessageStatus {
  readonly state: MessageState
  readonly queue: string
  readonly attempts: number
  readonly enqueuedAt: number
  readonly finishedAt?: number
  /** Why it failed. */
  readonly cause?: DeadLetterCause
  /** The trace it was sent in; undefined when only the message itself would tell. */
  readonly traceId?: string
}

const MESSAGE_BYTES_MAX = 4 * 1024 * 1024

const PREFETCH = 20

/** What a queue may be called: names are part of routing keys, span names and URLs. */
export const QUEUE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/

const MESSAGE_ID_LENGTH_MAX = 200

/**
 * Publishes and consumes messages over any driver. What every driver needs alike is here and only here: JSON
 * and its validation, trace context, retries with delays, dead letters, leases of long handlers, draining.
 *
 * Delivery is at-least-once. A confirmed message is handled until its handler succeeds or it is a dead letter.
 */
export class MessageBus {
  readonly #options: MessageBusOptions
  readonly #driver: MessageDriver
  readonly #clock: Clock
  readonly #logger: BusLogger
  readonly #observer: Required<BusObserver>
  readonly #service: string
  readonly #pathways: PathwayRegistry
  readonly #subscriptions = new Set<Subscription>()
  #closing: Promise<void> | undefined

  constructor(options: MessageBusOptions) {
    this.#options = options
    this.#driver = options.driver
    this.#clock = options.clock ?? systemClock
    this.#logger = options.logger ?? silentLogger
    const instruments = new MessagingInstruments(options.driver.system)
    this.#observer = toSafeObserver([instruments, ...(options.observers ?? [])], this.#logger)
    this.#service = options.service ?? ownServiceName()
    this.#pathways = options.pathways ?? processPathways()
  }

  /**
   * Resolves when the message is safe. The trace and the pathway go with it: its handling, whenever and however
   * often, is part of the caller's trace, and the next step of what the caller is a step of.
   *
   * @throws AppError `invalid-request` · `body-too-large` · `request-conflict`: the id has another body ·
   * `queue-full` · `storage-full` · `service-unavailable` · `shutting-down`
   */
  async publish<Body>(options: PublishOptions<Body>): Promise<PublishReceipt> {
    const { id = randomUUIDv7(), conversationId } = options
    const destination = nameOf(options)
    const attributes = {
      ...options.attributes,
      ...this.#toAttributes('send', destination),
      ...('exchange' in options && { [ATTR.MESSAGING_ROUTING_KEY]: options.routingKey }),
      [ATTR.MESSAGING_MESSAGE_ID]: id,
      [ATTR.MESSAGE_ID]: id,
      ...(conversationId !== undefined && { [ATTR.MESSAGING_CONVERSATION_ID]: conversationId }),
    }
    const name = this.#options.spanNames?.[destination]?.send ?? `send ${destination}`
    return withSpan(name, { kind: SpanKind.PRODUCER, attributes }, async (span) => {
      const place = { service: this.#service, direction: 'out', queue: destination } as const
      const checkpoint = this.#pathways.checkpoint(place, pathwayOf(context.active()), this.#clock.now())
      const message = this.#toWireMessage(id, options, withPathway(context.active(), checkpoint.pathway))
      span.setAttributes({
        [ATTR.MESSAGING_MESSAGE_BODY_SIZE]: message.body.byteLength,
        [ATTR.PATHWAY_HASH]: checkpoint.pathway.hash,
      })
      const { duplicate, queueSize, isRouted } = await this.#send(options, message)
      if (!duplicate) checkpoint.record(message.body.byteLength)
      span.setAttribute(ATTR.MESSAGE_DUPLICATE, duplicate)
      if (queueSize !== undefined) span.setAttribute(ATTR.QUEUE_SIZE, queueSize)
      return { messageId: id, duplicate, queueSize, isRouted }
    })
  }

  /** @param current what the message carries: the producer span and the pathway up to here */
  #toWireMessage<Body>(id: string, options: PublishOptions<Body>, current: Context): WireMessage {
    const { body, schema, headers, conversationId, priority, ttlMs } = options
    if (id.length === 0 || id.length > MESSAGE_ID_LENGTH_MAX) {
      throw new AppError('invalid-request', {
        detail: `a message id has 1 to ${MESSAGE_ID_LENGTH_MAX} characters`,
      })
    }
    if (ttlMs !== undefined && !(Number.isSafeInteger(ttlMs) && ttlMs >= 0)) {
      throw new AppError('invalid-request', {
        detail: `a time to live is a whole number of milliseconds, found ${ttlMs}`,
      })
    }
    const given = { ...headers }
    if (conversationId !== undefined) given[HEADER.CONVERSATION_ID] = conversationId
    const message = {
      id,
      body: encodeBody(schema === undefined ? body : checkBody(body, schema)),
      headers: withTraceHeaders(given, current),
      contentType: JSON_MEDIA_TYPE,
      enqueuedAt: this.#clock.now(),
      ...(priority !== undefined && { priority }),
      ...(ttlMs !== undefined && { ttlMs }),
    }
    assertSize(message, this.#options.messageBytesMax ?? MESSAGE_BYTES_MAX)
    return message
  }

  async #send(destination: Destination, message: WireMessage): Promise<Omit<PublishReceipt, 'messageId'>> {
    const startedAt = this.#clock.elapsed()
    const durationMs = () => this.#clock.elapsed() - startedAt
    try {
      const receipt = await this.#hand(destination, message)
      const { duplicate, isRouted } = receipt
      this.#observer.published({ destination, message, duplicate, isRouted, durationMs: durationMs() })
      return receipt
    } catch (cause) {
      const error = toBusError(cause)
      this.#observer.publishFailed({ destination, message, error, durationMs: durationMs() })
      throw error
    }
  }

  async #hand(destination: Destination, message: WireMessage): Promise<Omit<PublishReceipt, 'messageId'>> {
    if ('queue' in destination) {
      return { ...(await this.#driver.send(destination.queue, message)), isRouted: true }
    }
    const { exchange, routingKey } = destination
    return { ...(await this.#driver.publish(exchange, routingKey, message)), queueSize: undefined }
  }

  /** Hands the messages of `queue` to `handler` until it is drained. */
  async subscribe<Body>(options: ConsumeOptions<Body>): Promise<Subscription> {
    const { queue, schema, handler, onGivenUp, prefetch = PREFETCH, concurrency = prefetch } = options
    assertQueueName(queue)
    if (this.#closing !== undefined) throw new AppError('shutting-down')
    const { leaseMs, retryDelaysMs, retryJitter = 0, spanNames, pauses = PAUSE_LENGTHS } = this.#options
    const onError = (error: unknown) => this.#logger.error({ queue, err: error }, 'queue cannot be read')

    // Timers and promises keep the context they are made in; these belong to nobody's request.
    return context.with(ROOT_CONTEXT, async () => {
      const consumer = new MessageConsumer({
        queue,
        schema,
        handler,
        onGivenUp,
        prefetch,
        concurrency,
        pauses,
        leaseMs,
        retryDelaysMs,
        retryJitter,
        spanName: spanNames?.[queue]?.process ?? `process ${queue}`,
        attributes: this.#toAttributes('process', queue),
        clock: this.#clock,
        logger: this.#logger,
        observer: this.#observer,
        // A pause ends and begins while a message is handled, and a request's own publish may wake the driver.
        subscribe: context.bind(ROOT_CONTEXT, (most, deliver) =>
          this.#driver.subscribe(
            queue,
            { prefetch: most, leaseMs, onError },
            context.bind(ROOT_CONTEXT, deliver),
          ),
        ),
        service: this.#service,
        pathways: this.#pathways,
      })
      await consumer.start()
      return this.#track(consumer)
    })
  }

  #track(consumer: Pick<MessageConsumer<unknown>, 'drain' | 'state'>): Subscription {
    let drained: Promise<DrainReport> | undefined
    const subscription: Subscription = {
      drain: (timeoutMs) => {
        drained ??= consumer.drain(timeoutMs).finally(() => this.#subscriptions.delete(subscription))
        return drained
      },
      get state() {
        return consumer.state
      },
    }
    this.#subscriptions.add(subscription)
    return subscription
  }

  /** What the consumers of this process do right now. */
  consumers(): readonly ConsumerState[] {
    return [...this.#subscriptions].map(({ state }) => state)
  }

  /** What became of a message; undefined when the id is unknown, or done so long ago that it is forgotten. */
  async status(messageId: string): Promise<MessageStatus | undefined> {
    const record = await this.#driver.lookup(messageId)
    if (record === undefined) return undefined
    const { messageId: _, ...known } = record
    return { ...known, state: toMessageState(record) }
  }

  /** The message itself while it is kept: waiting, held, or a dead letter. */
  peek(messageId: string): Promise<WireMessage | undefined> {
    return this.#driver.peek(messageId)
  }

  /** Drops what is ready in a queue, or in a dead-letter queue, and returns how many messages that were. */
  purge(queue: string): Promise<number> {
    return this.#driver.purge(queue)
  }

  /** The dead letters of a work queue, oldest first. */
  deadLetters(queue: string, page: DeadLetterPageRequest): Promise<DeadLetterPage> {
    assertQueueName(queue)
    return this.#driver.deadLetters(queue, page)
  }

  /**
   * Gives dead letters another chance, as if they had never been tried. They stay in the traces of those who
   * sent them; their next consumer spans also have a link to the span that this call opens.
   */
  async replay(
    queue: string,
    selection: Pick<ReplaySelection, 'messageIds' | 'limit'>,
  ): Promise<readonly string[]> {
    assertQueueName(queue)
    const attributes = this.#toAttributes('send', queue)
    return withSpan(`replay ${queue}`, { attributes }, async (span) => {
      const headers = toReplayHeaders(span.spanContext())
      const replayed = await this.#driver.replay(queue, { ...selection, headers })
      span.setAttribute(ATTR.MESSAGING_BATCH_MESSAGE_COUNT, replayed.length)
      return replayed
    })
  }

  queueStats(queue: string): Promise<QueueStats> {
    return this.#driver.stats(queue)
  }

  /** Whether messages can move right now, from what is known without asking. */
  connection(): DriverConnection {
    return this.#driver.connection()
  }

  /** Queues that are defined or have been used, dead-letter queues left out. */
  queues(): Promise<readonly string[]> {
    return this.#driver.queues()
  }

  /** Drains every subscription within `timeoutMs`. What they finish, and others, may still publish. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.drain(timeoutMs)))
  }

  /**
   * Drains every subscription within `timeoutMs`, then closes the driver. Until then handlers may publish;
   * afterwards it is refused with `shutting-down`. What is being published is still confirmed.
   */
  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    await this.drain(timeoutMs)
    await this.#driver.close()
  }

  #toAttributes(operation: 'send' | 'process', queue: string): Attributes {
    return {
      [ATTR.MESSAGING_SYSTEM_NAME]: this.#driver.system,
      [ATTR.MESSAGING_SYSTEM]: this.#driver.system,
      [ATTR.MESSAGING_OPERATION_NAME]: operation,
      [ATTR.MESSAGING_OPERATION_TYPE]: operation,
      [ATTR.MESSAGING_DESTINATION_NAME]: queue,
    }
  }
}

export function createMessageBus(options: MessageBusOptions): MessageBus {
  return new MessageBus(options)
}

function nameOf(destination: Destination): string {
  if ('queue' in destination) assertQueueName(destination.queue)
  else assert(QUEUE_NAME.test(destination.exchange), `${destination.exchange} is no name for an exchange`)
  return 'queue' in destination ? destination.queue : destination.exchange
}

/** Dead letters are replayed by their operator, not consumed: a handler that fails must not make more. */
function assertQueueName(queue: string): void {
  assert(QUEUE_NAME.test(queue), `queue name ${JSON.stringify(queue)} does not match ${QUEUE_NAME.source}`)
  assert(!isDeadLetterQueue(queue), `${queue} is a dead-letter queue`)
}

function assertSize({ body, headers }: WireMessage, bytesMax: number): void {
  let bytes = body.byteLength
  for (const [name, value] of Object.entries(headers))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value)
  if (bytes > bytesMax) {
    throw new AppError('body-too-large', {
      detail: `the message has ${bytes} bytes, ${bytesMax} are allowed`,
    })
  }
}

function toBusError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('service-unavailable', { detail: 'the message could not be queued', cause: error })
}

function toMessageState({ state, attempts }: MessageRecord): MessageState {
  if (state === 'done') return 'processed'
  if (state === 'dead') return 'failed'
  return attempts === 0 ? 'accepted' : 'processing'
}
