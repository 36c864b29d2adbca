import type { QueueReport } from '#shared/contracts'
import {
  type BusObserver,
  type Clock,
  type DeliveryEvent,
  type PublishedEvent,
  routesOf,
  type SettledEvent,
  type Topology,
} from '#shared/messaging'
import { RateCounter } from './rate-counter'

type Rates = QueueReport['rates']
type RateName = keyof Rates

/** Queues that are counted; those of the mesh are a handful, and a name that is made up must not cost memory. */
const QUEUES_COUNTED_MAX = 1_000

const COUNTED_OUTCOMES = {
  acked: 'acked',
  retried: 'retried',
  'dead-lettered': 'dead_lettered',
  released: undefined,
} as const satisfies Record<SettledEvent['outcome'], RateName | undefined>

export interface QueueRatesOptions {
  readonly clock: Pick<Clock, 'elapsed'>
  /** Which queues a message to an exchange goes to. */
  readonly topology: Topology
  /**
   * True when nobody can consume without this process knowing. Otherwise what a queue's consumers do is told
   * only once this process has been one of them, because a nought would not be true.
   */
  readonly seesEveryDelivery: boolean
}

/** Counts what passes through each queue, as far as this process takes part in it. */
export class QueueRates implements BusObserver {
  readonly #options: QueueRatesOptions
  readonly #startedAt: number
  readonly #counters = new Map<string, Record<RateName, RateCounter>>()

  constructor(options: QueueRatesOptions) {
    this.#options = options
    this.#startedAt = options.clock.elapsed()
  }

  published({ destination, duplicate }: Pick<PublishedEvent, 'destination' | 'duplicate'>): void {
    if (duplicate) return
    const queues =
      'queue' in destination
        ? [destination.queue]
        : routesOf(this.#options.topology, destination.exchange, destination.routingKey)
    for (const queue of queues) this.count(queue, 'published')
  }

  delivered({ queue }: Pick<DeliveryEvent, 'queue'>): void {
    this.count(queue, 'delivered')
  }

  settled({ queue, outcome }: Pick<SettledEvent, 'queue' | 'outcome'>): void {
    const name = COUNTED_OUTCOMES[outcome]
    if (name !== undefined) this.count(queue, name)
  }

  count(queue: string, name: RateName): void {
    this.#countersOf(queue)?.[name].add(1, this.#now())
  }

  read(queue: string): Rates {
    const counters = this.#counters.get(queue) ?? NOTHING_COUNTED
    const isTold = this.#options.seesEveryDelivery || counters.delivered.total > 0
    const read = (counter: RateCounter) => ({
      per_second: round(counter.perSecond(this.#now())),
      total: counter.total,
    })
    return {
      published: read(counters.published),
      delivered: isTold ? read(counters.delivered) : null,
      acked: isTold ? read(counters.acked) : null,
      retried: isTold ? read(counters.retried) : null,
      dead_lettered: isTold ? read(counters.dead_lettered) : null,
    }
  }

  #now(): number {
    return this.#options.clock.elapsed() - this.#startedAt
  }

  #countersOf(queue: string): Record<RateName, RateCounter> | undefined {
    const known = this.#counters.get(queue)
    if (known !== undefined || this.#counters.size >= QUEUES_COUNTED_MAX) return known
    const counters = createCounters()
    this.#counters.set(queue, counters)
    return counters
  }
}

function createCounters(): Record<RateName, RateCounter> {
  return {
    published: new RateCounter(),
    delivered: new RateCounter(),
    acked: new RateCounter(),
    retried: new RateCounter(),
    dead_lettered: new RateCounter(),
  }
}

const NOTHING_COUNTED = createCounters()

function round(value: number): number {
  return Math.round(value * 100) / 100
}
