import { PROCESSING_QUEUE } from '#shared/contracts'
import { deadLetterQueueOf, type MessageBus } from '#shared/messaging'

export interface QueueReport {
  readonly name: string
  /** Waiting and deliverable now. */
  readonly ready: number
  /** Waiting for the time of their next attempt; null when the broker cannot tell. */
  readonly delayed: number | null
  /** With a worker; null when the broker cannot tell. */
  readonly in_flight: number | null
  readonly dead_letters: number
  readonly dead_letter_queue: string
  /** Age of the oldest ready message; null when there is none. */
  readonly oldest_age_ms: number | null
}

export type ReadQueues = () => Promise<QueueReport[]>

/** The queues of the mesh, those that nobody has used yet included. */
export function createReadQueues(bus: MessageBus): ReadQueues {
  return async () => {
    const names = new Set([PROCESSING_QUEUE, ...(await bus.queues())])
    return Promise.all([...names].map((name) => reportOf(bus, name)))
  }
}

async function reportOf(bus: MessageBus, name: string): Promise<QueueReport> {
  const stats = await bus.queueStats(name)
  return {
    name,
    ready: stats.ready,
    delayed: stats.delayed ?? null,
    in_flight: stats.inFlight ?? null,
    dead_letters: stats.deadLetters,
    dead_letter_queue: deadLetterQueueOf(name),
    oldest_age_ms: stats.oldestAgeMs ?? null,
  }
}
