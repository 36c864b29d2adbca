import { AppError } from '#shared/errors'
import type { SqliteDatabase } from '#shared/sqlite'
import { type BusLogger, silentLogger } from '../bus-logger'
import { type Clock, systemClock } from '../clock'
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
  Settlement,
  SubscribeOptions,
} from '../driver'
import { RETENTION, type Retention } from '../drivers/embedded/embedded-driver'
import { isDeadLetterQueue, type WireMessage, workQueueOf } from '../message'
import { type DeadLetterTap, isTappable } from '../tappable-driver'
import { NO_TOPOLOGY, routesOf, type Topology } from '../topology'
import { type Change, type LedgerEntry, MessageLedger, openLedgerFile, toLedgerEntry } from './message-ledger'

export interface LedgerDriverOptions {
  readonly topology?: Topology
  readonly retention?: Retention
  readonly logger?: BusLogger
  readonly clock?: Clock
}

/**
 * Gives `driver` a memory in the file at `path`, of which this process becomes the only owner.
 *
 * @throws DatabaseOpenError when another process owns the file, or it is not one of ours
 */
export async function withMessageLedger(
  driver: MessageDriver,
  { path, ...options }: LedgerDriverOptions & { readonly path: string },
): Promise<LedgerDriver> {
  const ledgerDriver = new LedgerDriver(driver, openLedgerFile(path), options)
  await ledgerDriver.open()
  return ledgerDriver
}

/**
 * A driver that recognises ids and tells what became of messages, over one whose broker does neither: what passes
 * through this process is remembered in a file beside it. What other processes do with a message is not seen, but
 * for dead letters: those are told by the driver where it can be tapped, and found when they are listed.
 *
 * It remembers bindings, too, and takes those away that are no longer in the topology. A broker keeps them otherwise.
 */
export class LedgerDriver implements MessageDriver {
  readonly #driver: MessageDriver
  readonly #ledger: MessageLedger
  readonly #topology: Topology
  readonly #clock: Clock
  /** Sends whose outcome is not in the ledger yet. */
  readonly #sending = new Set<Promise<unknown>>()
  #tap: DeadLetterTap | undefined
  #closing: Promise<void> | undefined

  constructor(driver: MessageDriver, database: SqliteDatabase, options: LedgerDriverOptions = {}) {
    const { topology = NO_TOPOLOGY, retention = RETENTION } = options
    const { logger = silentLogger, clock = systemClock } = options
    this.#driver = driver
    this.#topology = topology
    this.#clock = clock
    this.#ledger = new MessageLedger(database, { retention, logger, now: () => clock.now() })
  }

  /** Takes bindings away that there were in earlier runs, and hears of what others give up from now on. */
  async open(): Promise<void> {
    if (!isTappable(this.#driver)) return
    await this.#driver.unbind(await this.#ledger.bound(this.#topology.bindings))
    // Nothing that is known is newer than the news: a message that was given up changes by a replay or a purge alone,
    // and those wait for the news.
    this.#tap = await this.#driver.tapDeadLetters((queue, deadLetter) =>
      this.#ledger.found(queue, [deadLetter], this.#ledger.version),
    )
  }

  get system(): string {
    return this.#driver.system
  }

  /** Why nothing could be remembered lately. */
  get failure(): Error | undefined {
    return this.#ledger.failure
  }

  send(queue: string, message: WireMessage): Promise<SendReceipt> {
    return this.#track(async () => {
      const entry = toLedgerEntry(message)
      if (this.#knows(queue, entry)) return { duplicate: true, queueSize: undefined }
      const receipt = await this.#driver.send(queue, message)
      // Who sent it first, a moment ago, puts it down.
      if (!receipt.duplicate) await this.#ledger.sent([queue], entry)
      return receipt
    })
  }

  publish(exchange: string, routingKey: string, message: WireMessage): Promise<PublishOutcome> {
    return this.#track(async () => {
      const entry = toLedgerEntry(message)
      const queues = routesOf(this.#topology, exchange, routingKey)
      const missing = queues.filter((queue) => !this.#knows(queue, entry))
      if (queues.length > 0 && missing.length === 0) return { isRouted: true, duplicate: true }
      const outcome =
        missing.length === queues.length
          ? await this.#driver.publish(exchange, routingKey, message)
          : await this.#sendToEach(missing, message)
      if (outcome.isRouted && !outcome.duplicate) await this.#ledger.sent(missing, entry)
      return outcome
    })
  }

  async #sendToEach(queues: readonly string[], message: WireMessage): Promise<PublishOutcome> {
    const receipts = await Promise.all(queues.map((queue) => this.#driver.send(queue, message)))
    return { isRouted: true, duplicate: receipts.every(({ duplicate }) => duplicate) }
  }

  #knows(queue: string, entry: LedgerEntry): boolean {
    const known = this.#ledger.compare(queue, entry)
    if (known !== 'other') return known === 'same'
    throw new AppError('request-conflict', {
      detail: `message ${entry.id} was sent to ${queue} with another body`,
    })
  }

  #track<Result>(send: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(new AppError('shutting-down'))
    const sending = send()
    this.#sending.add(sending)
    const forget = () => this.#sending.delete(sending)
    sending.then(forget, forget)
    return sending
  }

  subscribe(
    queue: string,
    options: SubscribeOptions,
    deliver: (delivery: Delivery) => void,
  ): Promise<DriverSubscription> {
    return this.#driver.subscribe(queue, options, (delivery) => deliver(this.#remember(queue, delivery)))
  }

  /** The delivery, whose end will be known. */
  #remember(queue: string, delivery: Delivery): Delivery {
    const { message, attempt } = delivery
    const entry = toLedgerEntry(message)
    const since = this.#ledger.delivered(queue, entry, attempt)
    const settle = async (settling: Promise<Settlement>, change: Change) => {
      const settlement = await settling
      if (settlement === 'settled') await this.#ledger.settled(queue, entry, change, since)
      return settlement
    }
    const now = () => this.#clock.now()
    return {
      message,
      attempt,
      redelivered: delivery.redelivered,
      ack: () => settle(delivery.ack(), { state: 'done', attempts: attempt, finishedAt: now() }),
      nack: (options) => {
        const state = options.delayMs > 0 ? 'delayed' : 'ready'
        return settle(delivery.nack(options), { state, attempts: attempt })
      },
      release: () => settle(delivery.release(), { state: 'ready', attempts: attempt - 1 }),
      deadLetter: (cause) =>
        settle(delivery.deadLetter(cause), { state: 'dead', attempts: attempt, finishedAt: now(), cause }),
      extend: (leaseMs) => delivery.extend(leaseMs),
    }
  }

  async lookup(messageId: string): Promise<MessageRecord | undefined> {
    return (await this.#ledger.lookup(messageId)) ?? (await this.#driver.lookup(messageId))
  }

  async purge(queue: string): Promise<number> {
    if (isDeadLetterQueue(queue)) await this.#tap?.caughtUp()
    const purged = await this.#driver.purge(queue)
    if (isDeadLetterQueue(queue)) await this.#ledger.forget(workQueueOf(queue), 'dead')
    else await this.#ledger.forget(queue, 'ready')
    return purged
  }

  async deadLetters(queue: string, page: DeadLetterPageRequest): Promise<DeadLetterPage> {
    const since = this.#ledger.version
    const found = await this.#driver.deadLetters(queue, page)
    void this.#ledger.found(queue, found.deadLetters, since)
    return found
  }

  async replay(queue: string, selection: ReplaySelection): Promise<readonly string[]> {
    await this.#tap?.caughtUp()
    const since = this.#ledger.version
    const replayed = await this.#driver.replay(queue, selection)
    await this.#ledger.replayed(queue, replayed, since)
    return replayed
  }

  peek(messageId: string): Promise<WireMessage | undefined> {
    return this.#driver.peek(messageId)
  }

  stats(queue: string): Promise<QueueStats> {
    return this.#driver.stats(queue)
  }

  connection(): DriverConnection {
    return this.#driver.connection()
  }

  queues(): Promise<readonly string[]> {
    return this.#driver.queues()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#driver.close()
    await Promise.allSettled(this.#sending)
    await this.#ledger.close()
  }
}
