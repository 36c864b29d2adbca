import { AppError } from '#shared/errors'
import type { Clock } from '../../clock'
import { toDeadLetter } from '../../dead-letter-record'
import type { DeadLetter, ReplaySelection } from '../../driver'
import { toReplayedHeaders, type WireMessage } from '../../message'
import { type AmqpChannel, type AmqpMessage, hasReplyCode, REPLY } from './amqp'
import type { BrokerDesk } from './broker-desk'
import type { Copies } from './copies'
import { fromAmqp, type Origin } from './message-codec'
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

/** Most that are taken to keep the order; where more were looked at, later looks may begin with others. */
const RETURNED_MAX = 1_000

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
  /** How many there are in queues that are being worked on, of which the broker does not count those taken. */
  readonly #counts = new Map<string, number>()

  constructor(options: DeadLetterDeskOptions) {
    this.#options = options
  }

  /** Dead letters of `queue` while some are taken; undefined when none is, and the broker knows. */
  countWhileTaken(queue: string): number | undefined {
    return this.#counts.get(queue)
  }

  /** Those at the front, the oldest first. */
  page(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#exclusively(queue, async (visit) => {
      const letters: DeadLetter[] = []
      try {
        while (letters.length < Math.min(limit, PAGE_MAX)) {
          const taken = await visit.take()
          if (taken === undefined) break
          letters.push(toDeadLetter(taken.message))
        }
      } finally {
        await visit.giveBack()
      }
      return letters
    })
  }

  /**
   * The ids of what was put back. What fails is left where it was, and ends it: that the queue is full is no
   * error, and neither is one after which some were put back.
   */
  replay(queue: string, { messageIds, limit, headers }: ReplaySelection): Promise<readonly string[]> {
    return this.#exclusively(queue, async (visit) => {
      const wanted = messageIds === undefined ? undefined : new Set(messageIds)
      const replayed: string[] = []
      let failure: unknown
      while (failure === undefined && replayed.length < limit && wanted?.size !== 0) {
        const room = Math.min(REPLAYS_AT_A_TIME, limit - replayed.length)
        const chosen: Taken[] = []
        try {
          chosen.push(...(await choose(visit, room, wanted)))
        } catch (error) {
          failure = error
        }
        if (chosen.length === 0) break
        const results = await Promise.allSettled(chosen.map((taken) => this.#putBack(queue, taken, headers)))
        for (const [index, result] of results.entries()) {
          const taken = chosen[index]
          if (taken === undefined) continue
          if (result.status === 'rejected') failure ??= result.reason
          else {
            replayed.push(taken.message.id)
            failure ??= visit.remove(taken)
          }
        }
      }
      await visit.giveBack()
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
    const priority = declarer.definitionOf(queue).priorities === true ? message.priority : undefined
    await copies.anew(queue, priority ?? 'normal', {
      ...message,
      headers: toReplayedHeaders(message.headers, queue, headers),
    })
  }

  async #exclusively<Item>(
    queue: string,
    work: (visit: Visit) => Promise<readonly Item[]>,
  ): Promise<readonly Item[]> {
    const before = this.#last.get(queue) ?? Promise.resolve()
    const working = before.then(() => this.#visit(queue, work))
    const ended = working.then(
      () => {},
      () => {},
    )
    this.#last.set(queue, ended)
    try {
      return await working
    } finally {
      if (this.#last.get(queue) === ended) this.#last.delete(queue)
    }
  }

  async #visit<Item>(
    queue: string,
    work: (visit: Visit) => Promise<readonly Item[]>,
  ): Promise<readonly Item[]> {
    const { desk, names, declarer, clock } = this.#options
    try {
      return await desk.withChannel(async (channel) => {
        channel.listen({})
        const deadLetterQueue = names.deadLetterQueue(queue)
        const { messages } = await channel.checkQueue(deadLetterQueue)
        const origin = () => ({
          priority: 'normal' as const,
          now: clock.now(),
          toWorkQueue: (physical: string) => declarer.workQueueOf(physical)?.queue,
        })
        this.#counts.set(queue, messages)
        const onRemoved = () => this.#counts.set(queue, (this.#counts.get(queue) ?? 1) - 1)
        return work(new Visit({ channel, deadLetterQueue, count: messages, origin, onRemoved }))
      })
    } catch (error) {
      // A queue that nobody has used has no dead letters.
      if (hasReplyCode(error, REPLY.NOT_FOUND)) return []
      if (error instanceof AppError) throw error
      throw new AppError('service-unavailable', {
        detail: `the dead letters of ${queue} cannot be read`,
        cause: error,
      })
    } finally {
      this.#counts.delete(queue)
    }
  }
}

/** One after the other, until there are enough, or all that are wanted, or no more. */
async function choose(visit: Visit, count: number, wanted: Set<string> | undefined): Promise<Taken[]> {
  const chosen: Taken[] = []
  while (chosen.length < count && wanted?.size !== 0) {
    const taken = await visit.take()
    if (taken === undefined) break
    if (wanted === undefined || wanted.delete(taken.message.id)) chosen.push(taken)
  }
  return chosen
}

/** How long to wait until the broker counts again what came back; somebody else may have taken it meanwhile. */
const BACK_TIMEOUT_MS = 1_000

/**
 * Most acks and returns that a broker passes on at a time to a quorum queue (`quorum_commands_soft_limit`). The
 * others follow later, in any order, and are forgotten with their channel.
 */
const COMMANDS_MAX = 32

interface VisitSetup {
  readonly channel: AmqpChannel
  readonly deadLetterQueue: string
  readonly count: number
  origin(): Origin
  onRemoved(): void
}

/** One going through a dead-letter queue, from its front. What it takes is back when it ends. */
class Visit {
  readonly #setup: VisitSetup
  /** Those that come meanwhile are not meant. */
  #unseen: number
  /** Tags of those that were taken and not removed. */
  readonly #out = new Set<number>()
  #removed = 0
  /** Acks may not have reached the queue yet. */
  #isRemoving = false
  /** Whether the one taken last had been looked at before. */
  #wasReturned = false

  constructor(setup: VisitSetup) {
    this.#setup = setup
    this.#unseen = setup.count
  }

  async take(): Promise<Taken | undefined> {
    if (this.#unseen <= 0) return undefined
    const raw = await this.#get()
    this.#unseen = raw === undefined ? 0 : this.#unseen - 1
    if (raw === undefined) return undefined
    return { tag: raw.deliveryTag, message: fromAmqp(raw, this.#setup.origin()).message }
  }

  async #get(): Promise<AmqpMessage | undefined> {
    const { channel, deadLetterQueue } = this.#setup
    const raw = await channel.get(deadLetterQueue)
    // A queue answers after the acks that it was given before.
    this.#isRemoving = false
    if (raw === undefined) return undefined
    this.#out.add(raw.deliveryTag)
    this.#wasReturned = raw.redelivered
    return raw
  }

  /** Drops one that was taken; answers what went wrong, in which case it comes back. */
  remove({ tag }: Taken): unknown {
    try {
      this.#setup.channel.ack(tag)
      this.#out.delete(tag)
      this.#removed += 1
      this.#isRemoving = true
      this.#setup.onRemoved()
      return undefined
    } catch (error) {
      return error
    }
  }

  /**
   * What comes back to a queue lies behind what came back before, and before all else. So that it keeps its place,
   * everything that ever came back is taken with it.
   */
  async giveBack(): Promise<void> {
    try {
      if (this.#isRemoving) await this.#get()
      if (this.#out.size === 0) return
      for (let more = 0; this.#wasReturned && more < RETURNED_MAX; more++) {
        if ((await this.take()) === undefined) break
      }
      await this.#returnInOrder()
    } catch {
      // The channel has ended, and they are back by that.
    }
  }

  async #returnInOrder(): Promise<void> {
    const { channel, count } = this.#setup
    const tags = [...this.#out]
    let isCounted = true
    while (tags.length > 0) {
      const together = tags.splice(0, COMMANDS_MAX)
      channel.requeue(together.at(-1) ?? 0, { upTo: true })
      // Once somebody else has taken some, there is nothing to wait for.
      if (isCounted) isCounted = await this.#untilReady(count - this.#removed - tags.length)
    }
  }

  /** The broker has no answer to what is given back, but it counts it again. */
  async #untilReady(expected: number): Promise<boolean> {
    const { channel, deadLetterQueue } = this.#setup
    const deadline = performance.now() + BACK_TIMEOUT_MS
    while ((await channel.checkQueue(deadLetterQueue)).messages < expected) {
      if (performance.now() > deadline) return false
    }
    return true
  }
}

interface Taken {
  readonly tag: number
  readonly message: WireMessage
}
