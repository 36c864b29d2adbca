import { deadLetterQueueOf, isDeadLetterQueue, type MessagePriority, workQueueOf } from '../../message'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/**
 * Names on the broker: the logical ones of the topology with a prefix, so that several meshes share a broker.
 * A queue with priorities is three queues, of which the one for normal messages has the plain name.
 */
export class PhysicalNames {
  readonly deadLetterExchange: string
  /** The queue that has a copy of every dead letter. */
  readonly deadLetterTap: string
  readonly #prefix: string

  constructor(prefix = '') {
    this.#prefix = prefix
    this.deadLetterExchange = `${prefix}dlx`
    this.deadLetterTap = `${prefix}dlx.tap`
  }

  queue(name: string, priority: MessagePriority = 'normal'): string {
    return this.#prefix + withPriority(name, priority)
  }

  exchange(name: string, priority: MessagePriority = 'normal'): string {
    return this.#prefix + withPriority(name, priority)
  }

  deadLetterQueue(queue: string): string {
    return this.#prefix + deadLetterQueueOf(queue)
  }

  /** The work queue whose dead letters have this routing key; undefined when it is none of theirs. */
  queueOfDeadLetterKey(routingKey: string): string | undefined {
    const name = this.logical(routingKey)
    return name !== undefined && isDeadLetterQueue(name) ? workQueueOf(name) : undefined
  }

  /** One name for the exchange that takes messages to be delayed, and for the queue in which they wait. */
  retry(delayMs: number): string {
    return `${this.#prefix}retry.${toDuration(delayMs)}`
  }

  /** The name without the prefix; undefined for one that is not ours. */
  logical(physical: string): string | undefined {
    return physical.startsWith(this.#prefix) ? physical.slice(this.#prefix.length) : undefined
  }
}

function withPriority(name: string, priority: MessagePriority): string {
  return priority === 'normal' ? name : `${name}.${priority}`
}

/** `5s`, `5m`, `200ms`: in the largest unit that leaves no rest. */
export function toDuration(milliseconds: number): string {
  const [unit, size] = UNITS.find((candidate) => milliseconds % candidate[1] === 0) ?? UNITS[4]
  return `${milliseconds / size}${unit}`
}
