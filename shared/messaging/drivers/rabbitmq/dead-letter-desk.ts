import { AppError } from '#shared/errors'
import type { Clock } from '../../clock'
import type { DeadLetter, ReplaySelection } from '../../driver'
import { DEAD_LETTER_REASONS, deadLetterQueueOf, HEADER, type WireMessage } from '../../message'
import { type AmqpChannel, hasReplyCode, REPLY } from './amqp'
import type { BrokerDesk } from './broker-desk'
import type { Copies } from './copies'
import { fromAmqp } from './message-codec'
import type { PhysicalNames } from './physical-names'
import type { TopologyDeclarer } from './topology-declarer'

export interface DeadLetterDeskOptions {
  readonly desk: BrokerDesk
  readonly names: PhysicalNames
  readonly declarer: TopologyDeclarer
  readonly copies: Copies
  readonly clock: Clock
}

/** Most dead letters in one look: they are all held until it ends. */
const PAGE_MAX = 1_000

/** Most copies that a replay has on their way. */
const REPLAYS_AT_A_TIME = 100

/**
 * Looks at dead letters and puts them back. A broker lets nobody look without taking, so a look takes what it
 * sees and gives it back in the end; what is taken returns to its place. Looks and replays of one queue wait for
 * each other, and what another process has taken is not to be seen here.
 */
export class DeadLetterDesk {
  readonly #options: DeadLetterDeskOptions
  readonly #last = new Map<string, Promise<unknown>>()
  readonly #inHand = new Map<string, number>()

  constructor(options: DeadLetterDeskOptions) {
    this.#options = options
  }

  /** Dead letters of `queue` that are taken at the moment and which the broker therefore does not count. */
  inHand(queue: string): number {
    return this.#inHand.get(queue) ?? 0
  }

  /** Those at the front, the oldest first. */
  page(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#exclusively(queue, async (channel, deadLetterQueue) => {
      const { messages } = await channel.checkQueue(deadLetterQueue)
      const letters: DeadLetter[] = []
      let lastTag: number | undefined
      try {
        while (letters.length < Math.min(limit, PAGE_MAX, messages)) {
          const taken = await this.#take(channel, queue, deadLetterQueue)
          if (taken === undefined) break
          lastTag = taken.tag
          letters.push(toDeadLetter(taken.message))
        }
      } finally {
        await this.#giveBack(channel, queue, deadLetterQueue, lastTag, letters.length)
      }
      return letters
    })
  }

  /**
   * The ids of what was put back. What fails is left where it was, and ends it: that the queue is full is no error,
   * and neither is one after which some were put back.
   */
  replay(queue: string, { messageIds, limit, headers }: ReplaySelection): Promise<readonly string[]> {
    return this.#exclusively(queue, async (channel, deadLetterQueue) => {
      // Those that come meanwhile are not meant, and those put back at the end would come round again.
      let unseen = (await channel.checkQueue(deadLetterQueue)).messages
      const wanted = messageIds === undefined ? undefined : new Set(messageIds)
      const replayed: string[] = []
      let lastTag: number | undefined
      let left = 0
      let failure: unknown
      try {
        while (unseen > 0 && failure === undefined && replayed.length < limit && wanted?.size !== 0) {
          const chosen: Taken[] = []
          const room = Math.min(REPLAYS_AT_A_TIME, limit - replayed.length)
          for (; unseen > 0 && chosen.length < room && wanted?.size !== 0; unseen--) {
            const taken = await this.#take(channel, queue, deadLetterQueue)
            if (taken === undefined) {
              unseen = 0
              break
            }
            lastTag = taken.tag
            if (wanted === undefined || wanted.delete(taken.message.id)) chosen.push(taken)
            else left += 1
          }
          const results = await Promise.allSettled(
            chosen.map((taken) => this.#putBack(queue, taken, headers)),
          )
          results.forEach((result, index) => {
            const taken = chosen[index]
            if (taken === undefined) return
            if (result.status === 'fulfilled') {
              channel.ack(taken.tag)
              this.#count(queue, -1)
              replayed.push(taken.message.id)
            } else {
              left += 1
              failure ??= result.reason
            }
          })
        }
      } finally {
        await this.#giveBack(channel, queue, deadLetterQueue, left > 0 ? lastTag : undefined, left)
      }
      const isFull = failure instanceof AppError && failure.code === 'queue-full'
      if (failure !== undefined && !isFull && replayed.length === 0) throw failure
      return replayed
    })
  }

  async #putBack(
    queue: string,
    { message }: Taken,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { declarer, copies } = this.#options
    const own = Object.entries(message.headers).filter(([name]) => !DEAD_LETTER_HEADERS.has(name))
    const priority = declarer.definitionOf(queue).priorities === true ? message.priority : undefined
    await copies.anew(queue, priority ?? 'normal', {
      ...message,
      headers: {
        ...Object.fromEntries(own),
        [HEADER.REPLAYED_FROM]: deadLetterQueueOf(queue),
        ...headers,
      },
    })
  }

  async #take(channel: AmqpChannel, queue: string, deadLetterQueue: string): Promise<Taken | undefined> {
    const { clock, declarer } = this.#options
    const raw = await channel.get(deadLetterQueue)
    if (raw === undefined) return undefined
    this.#count(queue, 1)
    const { message } = fromAmqp(raw, {
      priority: 'normal',
      now: clock.now(),
      toWorkQueue: (physical) => declarer.workQueueOf(physical)?.queue,
    })
    return { tag: raw.deliveryTag, message }
  }

  async #giveBack(
    channel: AmqpChannel,
    queue: string,
    deadLetterQueue: string,
    lastTag: number | undefined,
    count: number,
  ): Promise<void> {
    try {
      if (lastTag === undefined) return
      channel.requeue(lastTag, { upTo: true })
      // Its answer comes when the broker has them back.
      await channel.checkQueue(deadLetterQueue)
    } catch {
      // The channel has ended, and they are back by that.
    } finally {
      this.#count(queue, -count)
    }
  }

  #count(queue: string, change: number): void {
    this.#inHand.set(queue, Math.max(0, this.inHand(queue) + change))
  }

  async #exclusively<Item>(
    queue: string,
    work: (channel: AmqpChannel, deadLetterQueue: string) => Promise<readonly Item[]>,
  ): Promise<readonly Item[]> {
    const deadLetterQueue = this.#options.names.deadLetterQueue(queue)
    const before = this.#last.get(queue) ?? Promise.resolve()
    const working = before.then(async () => {
      try {
        return await this.#options.desk.withChannel((channel) => {
          channel.listen({})
          return work(channel, deadLetterQueue)
        })
      } catch (error) {
        // A queue that nobody has used has no dead letters.
        if (hasReplyCode(error, REPLY.NOT_FOUND)) return []
        throw error instanceof AppError
          ? error
          : new AppError('service-unavailable', {
              detail: `the dead letters of ${queue} cannot be read`,
              cause: error,
            })
      }
    })
    const settled = working.catch(() => {})
    this.#last.set(queue, settled)
    const result = await working
    if (this.#last.get(queue) === settled) this.#last.delete(queue)
    return result
  }
}

interface Taken {
  readonly tag: number
  readonly message: WireMessage
}

const DEAD_LETTER_HEADERS: ReadonlySet<string> = new Set([
  HEADER.DEAD_LETTER_QUEUE,
  HEADER.DEAD_LETTER_REASON,
  HEADER.DEAD_LETTER_CODE,
  HEADER.DEAD_LETTER_DETAIL,
  HEADER.DEAD_LETTER_ATTEMPTS,
  HEADER.DEAD_LETTER_AT,
])

/** One of a stranger, without any of our headers, is told as such. */
function toDeadLetter(message: WireMessage): DeadLetter {
  const { headers } = message
  const own = Object.entries(headers).filter(([name]) => !DEAD_LETTER_HEADERS.has(name))
  const deadAt = Date.parse(headers[HEADER.DEAD_LETTER_AT] ?? '')
  return {
    message: { ...message, headers: Object.fromEntries(own) },
    cause: {
      reason:
        DEAD_LETTER_REASONS.find((reason) => reason === headers[HEADER.DEAD_LETTER_REASON]) ??
        'not-retryable',
      code: headers[HEADER.DEAD_LETTER_CODE] ?? 'internal-error',
      detail: headers[HEADER.DEAD_LETTER_DETAIL] ?? 'it was put here without a reason',
    },
    attempts: Number(headers[HEADER.DEAD_LETTER_ATTEMPTS] ?? 0),
    deadAt: Number.isNaN(deadAt) ? message.enqueuedAt : deadAt,
  }
}
