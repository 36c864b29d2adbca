import { AppError } from '#shared/errors'
import type { SendReceipt } from '../../driver'
import type { WireMessage } from '../../message'
import type { QueueDefinition, Topology } from '../../topology'
import { type MessageStore, ttlOf, type Wait } from './message-store'

const FULL_RETRY_AFTER_SECONDS = 5

/** Lets messages into the queues of a store, or says why not. All of it runs inside `transact`. */
export class Intake {
  readonly #store: MessageStore
  readonly #definitions: ReadonlyMap<string, QueueDefinition>
  readonly #lengthMax: number

  /** @param lengthMax most messages that may wait in a queue whose definition does not say */
  constructor(store: MessageStore, topology: Topology, lengthMax: number) {
    this.#store = store
    this.#definitions = new Map(topology.queues.map((queue) => [queue.name, queue]))
    this.#lengthMax = lengthMax
  }

  /** Queues that are defined. */
  get queues(): readonly string[] {
    return [...this.#definitions.keys()]
  }

  /** How long messages of `queue` may wait from `at` on. */
  waitIn(queue: string, at: number): Wait {
    return { at, ttlMs: this.#definitions.get(queue)?.ttlMs }
  }

  /** When the wait of `message` in `queue` ends that begins at `at`; undefined for never. */
  expiryOf(queue: string, message: WireMessage, at: number): number | undefined {
    const ttlMs = ttlOf(queue, message, this.#definitions.get(queue)?.ttlMs)
    return ttlMs === undefined ? undefined : at + ttlMs
  }

  /** How many more messages may wait in `queue`. */
  roomIn(queue: string): number {
    const { ready, delayed } = this.#store.counts(queue)
    return Math.max(0, this.#lengthMaxOf(queue) - ready - delayed)
  }

  /** A refusal is a result, not thrown: it is to be expected, and there is nothing to undo. */
  insert(queue: string, message: WireMessage, at: number): SendReceipt | AppError {
    const misfit = this.#misfitOf(queue, message)
    if (misfit !== undefined) return misfit
    const shortage = this.#shortageIn(queue) ?? this.#shortageFor(message, 1)
    // What is known already needs no room.
    if (shortage !== undefined && this.#store.compare(queue, message) === 'inserted') {
      const isRoomMade = shortage.code === 'storage-full' && this.#makesRoomFor(message, 1)
      if (!isRoomMade) return shortage
    }
    const outcome = this.#store.insert(queue, message, this.waitIn(queue, at))
    if (outcome === 'conflict') return conflict(queue, message)
    const { ready, delayed } = this.#store.counts(queue)
    return { duplicate: outcome === 'duplicate', queueSize: ready + delayed }
  }

  /** Into all of `queues` or, when one of them refuses it, into none: then the first refusal is returned. */
  insertIntoAll(
    queues: readonly string[],
    message: WireMessage,
    at: number,
  ): readonly SendReceipt[] | AppError {
    let copies = 0
    for (const queue of queues) {
      const outcome = this.#store.compare(queue, message)
      if (outcome === 'conflict') return conflict(queue, message)
      const shortage = outcome === 'inserted' ? this.#shortageIn(queue) : undefined
      const refusal = this.#misfitOf(queue, message) ?? shortage
      if (refusal !== undefined) return refusal
      if (outcome === 'inserted') copies += 1
    }
    const shortage = copies > 0 ? this.#shortageFor(message, copies) : undefined
    if (shortage !== undefined && !this.#makesRoomFor(message, copies)) return shortage
    return queues.map((queue) => {
      const receipt = this.insert(queue, message, at)
      // Nothing has come between, so it cannot be refused now; thrown, it would at least undo the other copies.
      if (receipt instanceof AppError) throw receipt
      return receipt
    })
  }

  #misfitOf(queue: string, { priority = 'normal' }: WireMessage): AppError | undefined {
    if (priority === 'normal' || this.#definitions.get(queue)?.priorities === true) return undefined
    return new AppError('invalid-request', {
      detail: `${queue} is a queue without priorities, so it takes no message of ${priority} priority`,
    })
  }

  #shortageFor(message: WireMessage, copies: number): AppError | undefined {
    const detail = this.#store.shortageFor(message, copies)
    if (detail === undefined) return undefined
    return new AppError('storage-full', { detail, retryAfterSeconds: FULL_RETRY_AFTER_SECONDS })
  }

  /** At the price of what is remembered of done messages: taking a new one matters more. */
  #makesRoomFor(message: WireMessage, copies: number): boolean {
    return this.#store.forgetSome() && this.#store.shortageFor(message, copies) === undefined
  }

  #shortageIn(queue: string): AppError | undefined {
    if (this.roomIn(queue) > 0) return undefined
    return new AppError('queue-full', {
      detail: `${queue} holds ${this.#lengthMaxOf(queue)} messages, its limit`,
      retryAfterSeconds: FULL_RETRY_AFTER_SECONDS,
    })
  }

  #lengthMaxOf(queue: string): number {
    return this.#definitions.get(queue)?.lengthMax ?? this.#lengthMax
  }
}

function conflict(queue: string, { id }: WireMessage): AppError {
  return new AppError('request-conflict', {
    detail: `message ${id} was sent to ${queue} with another body`,
  })
}
