import type { Replayed } from '#shared/contracts'
import type { MessageBus } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'
import type { ReadQueues } from './read-queues'

export interface ReplayRequest {
  readonly message_ids?: readonly string[] | undefined
  readonly limit: number
}

export type ReplayDeadLetters = (queue: string, request: ReplayRequest) => Promise<Replayed>

/** Gives dead letters of a queue another chance, oldest first, as if they had never been tried. */
export function createReplayDeadLetters(deps: {
  readonly bus: MessageBus
  readonly readQueues: ReadQueues
  readonly stats: ServiceStats
  readonly logger: Logger
}): ReplayDeadLetters {
  return async (queue, { message_ids, limit }) => {
    await deps.readQueues.assertKnown(queue)
    const selection = { limit, ...(message_ids !== undefined && { messageIds: message_ids }) }
    const replayed = await deps.bus.replay(queue, selection)
    deps.stats.increment('messages_replayed', replayed.length)
    deps.logger.info({ queue, replayed: replayed.length }, 'dead letters replayed')
    const wasReplayed = new Set(replayed)
    const { deadLetters } = await deps.bus.queueStats(queue)
    return {
      queue,
      message_ids: [...replayed],
      not_replayed: (message_ids ?? []).filter((id) => !wasReplayed.has(id)),
      dead_letters: deadLetters,
    }
  }
}
