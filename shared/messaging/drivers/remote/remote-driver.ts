import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import {
  driverDeadLettersSchema,
  driverMessageSchema,
  driverPurgedSchema,
  driverQueuesSchema,
  driverReplayedSchema,
  driverStatsSchema,
  type PublishResult,
  publishedSchema,
  type SendResult,
  sentSchema,
  type WireMessageJson,
} from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import { within } from '#shared/timing'
import { type BusLogger, silentLogger } from '../../bus-logger'
import { type Clock, systemClock } from '../../clock'
import type {
  DeadLetterPage,
  DeadLetterPageRequest,
  Delivery,
  DriverConnection,
  DriverSubscription,
  MessageDriver,
  MessageRecord,
  PublishOutcome,
  QueueStats,
  ReplaySelection,
  SendReceipt,
  SubscribeOptions,
} from '../../driver'
import type { WireMessage } from '../../message'
import { fromFailedStep, fromWireJson, toWireJson } from '../../wire-json'
import { QueueService } from './queue-service'
import type { RemoteDelivery } from './remote-delivery'
import { RemoteSubscription } from './remote-subscription'
import { SettleOutbox } from './settle-outbox'
import { TurnBatch } from './turn-batch'

export interface RemoteDriverOptions {
  /** A client of the queue service. It is closed with the driver. */
  readonly http: HttpClient
  /** What keeps the messages there: `sqlite` or `memory`. */
  readonly system: string
  /** Lets purge and replay, when the queue service asks for one. */
  readonly adminToken?: string | undefined
  /** How long one call waits for a message. */
  readonly waitMs?: number
  /** How long a call may take beyond that. */
  readonly timeoutMs?: number
  readonly logger?: BusLogger
  readonly clock?: Clock
}

const WAIT_MS = 20_000
const TIMEOUT_MS = 10_000

/** Messages in one call. Each that is larger than `SEND_BYTES_MAX` has a call of its own. */
const SEND_MESSAGES_MAX = 200
const SEND_BYTES_MAX = 500_000

const REPLAY_STEP = 500

/** How long closing waits for what is being sent and settled. */
const CLOSE_TIMEOUT_MS = 3_000

/**
 * The driver of processes that do not own the queue: the queue service keeps the messages, this claims and settles
 * them over HTTP. It needs nobody to be there when it starts, and gets over the absence of the queue service by
 * itself. Its calls are no part of any trace.
 */
export class RemoteDriver implements MessageDriver {
  readonly system: string
  readonly #options: RemoteDriverOptions
  readonly #clock: Clock
  readonly #service: QueueService
  readonly #outbox: SettleOutbox
  readonly #sends = new Map<string, TurnBatch<WireMessageJson, SendResult>>()
  readonly #publishes = new Map<
    string,
    TurnBatch<{ routing_key: string; message: WireMessageJson }, PublishResult>
  >()
  readonly #subscriptions = new Set<RemoteSubscription>()
  readonly #held = new Set<RemoteDelivery>()
  readonly #name = `${hostname()
    .replace(/[^\w.-]/g, '-')
    .slice(0, 100)}:${process.pid}:${randomBytes(4).toString('hex')}`
  #subscribed = 0
  #closing: Promise<void> | undefined

  constructor(options: RemoteDriverOptions) {
    const { http, logger = silentLogger, clock = systemClock } = options
    this.system = options.system
    this.#options = options
    this.#clock = clock
    this.#service = new QueueService(http, logger)
    this.#outbox = new SettleOutbox(this.#service, clock)
  }

  async send(queue: string, message: WireMessage): Promise<SendReceipt> {
    this.#assertOpen()
    const result = await this.#sendsOf(queue).add(toWireJson(message))
    if (result.outcome === 'error') throw fromFailedStep(result, 'queue_service')
    return { duplicate: result.duplicate, queueSize: result.queue_size ?? undefined }
  }

  #sendsOf(queue: string) {
    return getOrCreate(this.#sends, queue, () =>
      createSendBatch<WireMessageJson, SendResult>(
        ({ body_base64 }) => body_base64.length,
        async (messages) =>
          (
            await this.#service.post(
              pathOf('queues', queue, 'messages'),
              { messages },
              { schema: sentSchema },
            )
          ).results,
      ),
    )
  }

  async publish(exchange: string, routingKey: string, message: WireMessage): Promise<PublishOutcome> {
    this.#assertOpen()
    const item = { routing_key: routingKey, message: toWireJson(message) }
    const result = await this.#publishesOf(exchange).add(item)
    if (result.outcome === 'error') throw fromFailedStep(result, 'queue_service')
    return { isRouted: result.is_routed, duplicate: result.duplicate }
  }

  #publishesOf(exchange: string) {
    return getOrCreate(this.#publishes, exchange, () =>
      createSendBatch<{ routing_key: string; message: WireMessageJson }, PublishResult>(
        ({ message }) => message.body_base64.length,
        async (messages) =>
          (
            await this.#service.post(
              pathOf('exchanges', exchange, 'messages'),
              { messages },
              { schema: publishedSchema },
            )
          ).results,
      ),
    )
  }

  async subscribe(
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ): Promise<DriverSubscription> {
    this.#assertOpen()
    this.#subscribed += 1
    const { waitMs = WAIT_MS, timeoutMs = TIMEOUT_MS } = this.#options
    const deps = {
      service: this.#service,
      outbox: this.#outbox,
      clock: this.#clock,
      worker: `${this.#name}:${this.#subscribed}`,
      held: this.#held,
      isClosing: () => this.#closing !== undefined,
      waitMs,
      timeoutMs,
    }
    const subscription = new RemoteSubscription(deps, queue, options, deliver)
    this.#subscriptions.add(subscription)
    subscription.start()
    return {
      stop: async (end) => {
        await subscription.stop(end)
        this.#subscriptions.delete(subscription)
      },
    }
  }

  connection(): DriverConnection {
    return this.#service.connection
  }

  async stats(queue: string): Promise<QueueStats> {
    const stats = await this.#service.get(pathOf('driver', 'queues', queue, 'stats'), {
      schema: driverStatsSchema,
    })
    return {
      ready: stats.ready,
      delayed: stats.delayed ?? undefined,
      inFlight: stats.in_flight ?? undefined,
      deadLetters: stats.dead_letters,
      consumers: stats.consumers,
      oldestAgeMs: stats.oldest_age_ms ?? undefined,
    }
  }

  async queues(): Promise<readonly string[]> {
    return (await this.#service.get('/driver/queues', { schema: driverQueuesSchema })).queues
  }

  async lookup(messageId: string): Promise<MessageRecord | undefined> {
    const { record } = await this.#read(messageId)
    if (record === null) return undefined
    const { queue, state, attempts, enqueued_at, finished_at, cause } = record
    return {
      messageId,
      queue,
      state,
      attempts,
      enqueuedAt: enqueued_at,
      ...(finished_at !== undefined && { finishedAt: finished_at }),
      ...(cause !== undefined && { cause }),
    }
  }

  async peek(messageId: string): Promise<WireMessage | undefined> {
    const { message } = await this.#read(messageId)
    return message === null ? undefined : fromWireJson(message)
  }

  #read(messageId: string) {
    return this.#service.get(pathOf('driver', 'messages', messageId), { schema: driverMessageSchema })
  }

  async purge(queue: string): Promise<number> {
    this.#assertOpen()
    const path = pathOf('driver', 'queues', queue, 'purge')
    return (await this.#service.post(path, {}, { schema: driverPurgedSchema, ...this.#asAdmin() })).purged
  }

  async deadLetters(queue: string, { limit, after }: DeadLetterPageRequest): Promise<DeadLetterPage> {
    const query = new URLSearchParams({ limit: String(limit), ...(after !== undefined && { after }) })
    const page = await this.#service.get(`${pathOf('driver', 'queues', queue, 'dead-letters')}?${query}`, {
      schema: driverDeadLettersSchema,
    })
    return {
      deadLetters: page.dead_letters.map(({ message, cause, attempts, dead_at }) => ({
        message: fromWireJson(message),
        cause,
        attempts,
        deadAt: dead_at,
      })),
      next: page.next ?? undefined,
    }
  }

  /** In steps, each of which the queue service limits as it likes. */
  async replay(queue: string, { messageIds, limit, headers }: ReplaySelection): Promise<readonly string[]> {
    this.#assertOpen()
    const path = pathOf('driver', 'queues', queue, 'replay')
    const replayed: string[] = []
    const parts = messageIds === undefined ? [undefined] : chunksOf(messageIds, REPLAY_STEP)
    for (const part of parts) {
      for (;;) {
        const left = limit - replayed.length
        if (left <= 0) return replayed
        const body = { limit: Math.min(left, REPLAY_STEP), headers, ...(part && { message_ids: part }) }
        const step = await this.#service.post(path, body, {
          schema: driverReplayedSchema,
          ...this.#asAdmin(),
        })
        replayed.push(...step.message_ids)
        if (step.message_ids.length === 0) break
      }
    }
    return replayed
  }

  #asAdmin() {
    const { adminToken } = this.#options
    const headers = adminToken !== undefined && { headers: { authorization: `Bearer ${adminToken}` } }
    // Done twice, it would tell of the second time alone.
    return { idempotent: false, ...headers }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new AppError('shutting-down')
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const sends = [...this.#sends.values(), ...this.#publishes.values()].map((batch) => batch.idle())
    const stops = [...this.#subscriptions].map((subscription) => subscription.stop())
    const finished = Promise.all([...sends, ...stops]).then(() => this.#outbox.close())
    await within(CLOSE_TIMEOUT_MS, finished, undefined)
    for (const delivery of this.#held) delivery.forget()
    this.#service.close()
  }
}

export function createRemoteDriver(options: RemoteDriverOptions): MessageDriver {
  return new RemoteDriver(options)
}

function createSendBatch<Item, Result>(
  sizeOf: (item: Item) => number,
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): TurnBatch<Item, Result> {
  return new TurnBatch({ countMax: SEND_MESSAGES_MAX, bytesMax: SEND_BYTES_MAX, sizeOf, run })
}

function getOrCreate<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

function pathOf(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`
}
