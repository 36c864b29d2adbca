import type { Purged } from '#shared/contracts'
import { deadLetterQueueOf, type MessageBus } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'
import type { ReadQueues } from './read-queues'

export type PurgeQueue = (queue: string, options: { readonly dead_letters: boolean }) => Promise<Purged>

/** Drops what waits in a queue, or its dead letters. What a consumer holds stays. */
export function createPurgeQueue(deps: {
  readonly bus: MessageBus
  readonly readQueues: ReadQueues
  readonly stats: ServiceStats
  readonly logger: Logger
}): PurgeQueue {
  return async (queue, { dead_letters }) => {
    await deps.readQueues.assertKnown(queue)
    const purged = await deps.bus.purge(dead_letters ? deadLetterQueueOf(queue) : queue)
    deps.stats.increment('messages_purged', purged)
    deps.logger.warn({ queue, dead_letters, purged }, 'queue purged')
    return { queue, dead_letters, purged }
  }
}
