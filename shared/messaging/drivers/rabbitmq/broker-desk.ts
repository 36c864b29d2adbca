import { AppError } from '#shared/errors'
import { type AmqpChannel, type AmqpConnection, hasReplyCode, type QueueCounts, REPLY } from './amqp'
import type { BrokerLink } from './broker-link'

const NOTHING: QueueCounts = { messages: 0, consumers: 0 }

/**
 * Asks the broker about queues and empties them, one question at a time on a channel of its own. It sits on the
 * consuming connection: a broker that is short of memory does not even listen on those that publish.
 */
export class BrokerDesk {
  readonly #link: BrokerLink
  #channel: { readonly on: AmqpConnection; readonly channel: AmqpChannel } | undefined
  #last: Promise<unknown> = Promise.resolve()
  /** Answers of `has` that are still to come. */
  readonly #asking = new Map<string, Promise<boolean>>()

  constructor(link: BrokerLink) {
    this.#link = link
  }

  /** What is in a queue; nothing when there is no such queue. */
  async check(queue: string): Promise<QueueCounts> {
    return (await this.#ask((channel) => channel.checkQueue(queue))) ?? NOTHING
  }

  /** Whether there is such a queue. Those who ask for the same one at the same time share the answer. */
  has(queue: string): Promise<boolean> {
    const asking = this.#asking.get(queue)
    if (asking !== undefined) return asking
    const asked = this.#ask((channel) => channel.checkQueue(queue))
      .then((counts) => counts !== undefined)
      .finally(() => this.#asking.delete(queue))
    this.#asking.set(queue, asked)
    return asked
  }

  /** How many messages were dropped; none when there is no such queue. */
  async purge(queue: string): Promise<number> {
    return (await this.#ask((channel) => channel.purgeQueue(queue))) ?? 0
  }

  /** A channel for one piece of work, which is closed with it. */
  async withChannel<Result>(work: (channel: AmqpChannel) => Promise<Result>): Promise<Result> {
    const channel = await this.#connection().createChannel({ confirms: false })
    try {
      return await work(channel)
    } finally {
      await channel.close()
    }
  }

  /** Undefined when the broker has no such queue, which also costs the channel. */
  #ask<Result>(question: (channel: AmqpChannel) => Promise<Result>): Promise<Result | undefined> {
    const asked = this.#last.then(async () => {
      try {
        return await question(await this.#open())
      } catch (error) {
        this.#channel = undefined
        if (hasReplyCode(error, REPLY.NOT_FOUND)) return undefined
        throw toFailure(error)
      }
    })
    this.#last = asked.catch(() => {})
    return asked
  }

  async #open(): Promise<AmqpChannel> {
    const connection = this.#connection()
    if (this.#channel?.on !== connection) {
      const channel = await connection.createChannel({ confirms: false })
      channel.listen({})
      this.#channel = { on: connection, channel }
    }
    return this.#channel.channel
  }

  #connection(): AmqpConnection {
    const { connection, refusal, obstacle } = this.#link
    if (connection !== undefined) return connection
    throw refusal ?? new AppError('service-unavailable', { detail: obstacle })
  }

  async close(): Promise<void> {
    await this.#last
    await this.#channel?.channel.close()
  }
}

function toFailure(error: unknown): AppError {
  if (error instanceof AppError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = hasReplyCode(error, REPLY.ACCESS_REFUSED) ? 'broker-refused' : 'service-unavailable'
  return new AppError(code, { detail: `the broker did not answer: ${reason}`, cause: error })
}
