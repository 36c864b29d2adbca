import type { Clock } from '../../clock'
import { WaitingLine } from './waiting-line'

/**
 * Counts the messages of each queue whose retry this process has begun and which are not due yet. A broker cannot
 * tell: the queues in which they wait belong to all.
 */
export class DelayedMessages {
  readonly #clock: Clock
  /** When each is due, by queue and delay: of one delay, what began first ends first. */
  readonly #lines = new Map<string, Map<number, WaitingLine<number>>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(queue: string, delayMs: number): void {
    const lines = this.#lines.get(queue) ?? new Map<number, WaitingLine<number>>()
    const line = lines.get(delayMs) ?? new WaitingLine<number>()
    this.#lines.set(queue, lines.set(delayMs, line))
    this.#dropDue(line)
    line.push(this.#clock.elapsed() + delayMs)
  }

  count(queue: string): number {
    let count = 0
    for (const line of this.#lines.get(queue)?.values() ?? []) {
      this.#dropDue(line)
      count += line.length
    }
    return count
  }

  countAll(): number {
    return [...this.#lines.keys()].reduce((sum, queue) => sum + this.count(queue), 0)
  }

  #dropDue(line: WaitingLine<number>): void {
    const now = this.#clock.elapsed()
    for (let due = line.first(); due !== undefined && due <= now; due = line.first()) line.shift()
  }
}
