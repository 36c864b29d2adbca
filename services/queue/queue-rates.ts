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
import { RateWindow } from '#shared/pathways'

type Rates = QueueReport['rates']
type RateName = keyof Rates

interface Counter {
  readonly window: RateWindow
  total: number
}

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
  /** Of queues that nothing has passed through. */
  readonly #nothing: Record<RateName, Counter>
  readonly #counters = new Map<string, Record<RateName, Counter>>()

  constructor(options: QueueRatesOptions) {
    this.#options = options
    this.#startedAt = options.clock.elapsed()
    this.#nothing = createCounters(this.#startedAt)
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
    const counter = this.#countersOf(queue)?.[name]
    if (counter === undefined) return
    counter.total += 1
    counter.window.add(1, this.#options.clock.elapsed())
  }

  read(queue: string): Rates {
    const counters = this.#counters.get(queue) ?? this.#nothing
    const isTold = this.#options.seesEveryDelivery || counters.delivered.total > 0
    const now = this.#options.clock.elapsed()
    const read = ({ window, total }: Counter) => ({ per_second: round(window.perSecond(now)), total })
    return {
      published: read(counters.published),
      delivered: isTold ? read(counters.delivered) : null,
      acked: isTold ? read(counters.acked) : null,
      retried: isTold ? read(counters.retried) : null,
      dead_lettered: isTold ? read(counters.dead_lettered) : null,
    }
  }

  #countersOf(queue: string): Record<RateName, Counter> | undefined {
    const known = this.#counters.get(queue)
    if (known !== undefined || this.#counters.size >= QUEUES_COUNTED_MAX) return known
    const counters = createCounters(this.#startedAt)
    this.#counters.set(queue, counters)
    return counters
  }
}

/** A rate is that of the time since this process began to count, also of a queue that was used only later. */
function createCounters(startedAt: number): Record<RateName, Counter> {
  const counter = () => ({ window: new RateWindow(startedAt), total: 0 })
  return {
    published: counter(),
    delivered: counter(),
    acked: counter(),
    retried: counter(),
    dead_lettered: counter(),
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
