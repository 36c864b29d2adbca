import { SERVICES } from '#shared/config'
import type { QueueReport } from '#shared/contracts'
import { AppError } from '#shared/errors'
import { deadLetterQueueOf, type MessageBus, type Topology } from '#shared/messaging'
import type { QueueRates } from './queue-rates'
import type { RemoteWorker } from './workers/worker-registry'

export interface ReadQueuesDeps {
  readonly bus: MessageBus
  readonly topology: Topology
  readonly rates: QueueRates
  /** Who takes messages of a queue over HTTP. */
  readonly workersOf: (queue: string) => readonly RemoteWorker[]
  /** Length limit of a queue that has none of its own. */
  readonly queueLengthMax: number
}

export interface ReadQueues {
  /**
   * The queues of the mesh, those that nobody has used yet included.
   *
   * @throws AppError `service-unavailable` while the broker is not connected
   */
  all(): Promise<QueueReport[]>
  /** @throws AppError `queue-not-found` · `service-unavailable` while the broker is not connected */
  one(name: string): Promise<QueueReport>
  /** @throws AppError as `one` */
  assertKnown(name: string): Promise<void>
}

export function createReadQueues(deps: ReadQueuesDeps): ReadQueues {
  const { bus, topology } = deps

  async function names(): Promise<ReadonlySet<string>> {
    const connection = bus.connection()
    // Asking a broker that is not there would only keep the caller waiting.
    if (connection.state === 'disconnected') {
      throw new AppError('service-unavailable', {
        detail: `the broker is not connected: ${connection.detail}`,
      })
    }
    return new Set([...topology.queues.map(({ name }) => name), ...(await bus.queues())])
  }

  async function assertKnown(name: string): Promise<void> {
    if ((await names()).has(name)) return
    throw new AppError('queue-not-found', { detail: `there is no queue ${name}` })
  }

  return {
    all: async () => Promise.all([...(await names())].map((name) => reportOf(deps, name))),
    one: async (name) => {
      await assertKnown(name)
      return reportOf(deps, name)
    },
    assertKnown,
  }
}

async function reportOf(
  { bus, topology, rates, workersOf, queueLengthMax }: ReadQueuesDeps,
  name: string,
): Promise<QueueReport> {
  const stats = await bus.queueStats(name)
  const remote = workersOf(name)
  const definition = topology.queues.find((queue) => queue.name === name)
  return {
    name,
    ready: stats.ready,
    delayed: stats.delayed ?? null,
    in_flight: stats.inFlight ?? null,
    consumers: stats.consumers + remote.filter(({ paused }) => paused === undefined).length,
    paused_consumers: [
      ...bus
        .consumers()
        .filter(({ queue, circuit }) => queue === name && circuit !== 'closed')
        .map(({ pausedUntil, reason }) => toPause(SERVICES.queue.serviceName, pausedUntil, reason)),
      ...remote.flatMap(({ worker, paused }) =>
        paused === undefined ? [] : [toPause(worker, paused.until, paused.reason)],
      ),
    ],
    oldest_age_ms: stats.oldestAgeMs ?? null,
    dead_letters: stats.deadLetters,
    dead_letter_queue: deadLetterQueueOf(name),
    rates: rates.read(name),
    limits: {
      length_max: definition?.lengthMax ?? queueLengthMax,
      ttl_ms: definition?.ttlMs ?? null,
      priorities: definition?.priorities ?? false,
    },
  }
}

function toPause(consumer: string, until: number | undefined, reason: string | undefined) {
  return {
    consumer,
    until: until === undefined ? null : new Date(until).toISOString(),
    reason: reason ?? 'no reason is known',
  }
}
