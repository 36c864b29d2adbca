import type { AmqpChannel } from './amqp'

/**
 * Acks that are on their way within a moment after they were given. What comes together goes together, as one
 * ack for all up to a certain delivery where nothing before it is unsettled: each ack is a command of its own
 * to a quorum queue, and they cost it more than the messages.
 */
export class AckLine {
  readonly #channel: AmqpChannel
  /** Delivered and not settled. The broker counts upwards, so the first is the lowest. */
  readonly #unsettled = new Set<number>()
  #given: number[] = []
  #isScheduled = false
  #isHeldBack = false
  /** When the last commands left, on the monotonic clock. */
  #sentAt: number[] = []

  constructor(channel: AmqpChannel) {
    this.#channel = channel
  }

  delivered(tag: number): void {
    this.#unsettled.add(tag)
  }

  ack(tag: number): void {
    if (!this.#unsettled.delete(tag)) return
    this.#given.push(tag)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.flush())
  }

  requeue(tag: number): void {
    if (!this.#unsettled.delete(tag)) return
    try {
      this.#channel.requeue(tag)
    } catch {
      // The channel is ending, which puts it back, too.
    }
  }

  /** From now on acks wait here, so that the broker has no room for more. */
  holdBack(): void {
    this.flush()
    this.#isHeldBack = true
  }

  letGo(): void {
    this.#isHeldBack = false
    this.flush()
  }

  flush(): void {
    this.#isScheduled = false
    if (this.#isHeldBack) return
    const given = this.#given.splice(0).sort((one, other) => one - other)
    if (given.length === 0) return
    const [lowest = Number.POSITIVE_INFINITY] = this.#unsettled
    const together = given.filter((tag) => tag < lowest)
    const alone = given.slice(together.length)
    const last = together.at(-1)
    try {
      if (last !== undefined) this.#channel.ack(last, { upTo: together.length > 1 })
      for (const tag of alone) this.#channel.ack(tag)
    } catch {
      // The channel has ended in this moment, and with it every right to settle.
    }
    this.#count(alone.length + (last === undefined ? 0 : 1))
  }

  #count(commands: number): void {
    const now = performance.now()
    this.#sentAt = this.#sentAt.filter((at) => now - at < UNDERWAY_MS)
    for (let count = 0; count < commands; count++) this.#sentAt.push(now)
  }

  /**
   * Whether the broker may still have acks in hand that it would forget with the channel: it passes on so many at
   * a time to a quorum queue, and keeps the rest until those are written.
   */
  get mayBeUnderway(): boolean {
    return this.#sentLately >= UNDERWAY_MIN
  }

  /** Whether messages may be on their way in the room that acks have made. */
  get mayBeAnswered(): boolean {
    return this.#given.length > 0 || this.#sentLately > 0
  }

  get #sentLately(): number {
    const now = performance.now()
    return this.#sentAt.filter((at) => now - at < UNDERWAY_MS).length
  }
}

/** Half of what a broker passes on at a time (`quorum_commands_soft_limit` is 32). */
const UNDERWAY_MIN = 16
const UNDERWAY_MS = 2_000
