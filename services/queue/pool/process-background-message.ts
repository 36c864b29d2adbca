import { type ProcessingJob, storedSchema } from '#shared/contracts'
import type { HttpClient } from '#shared/http'
import type { MessageContext } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import type { Logger } from '#shared/telemetry'

export type ProcessBackgroundMessage = (job: ProcessingJob, context: MessageContext) => Promise<void>

/**
 * Hands one job to the processing service and is done when the result is stored. What it throws decides what
 * becomes of the message: retryable errors bring it back later, others make it a dead letter.
 */
export function createProcessBackgroundMessage(deps: {
  processing: HttpClient
  stats: ServiceStats
  logger: Logger
}): ProcessBackgroundMessage {
  return async (job, { messageId, attempt, enqueuedAt, signal }) => {
    deps.stats.record('queue_wait', Math.max(0, Date.now() - enqueuedAt))
    const { stored } = await deps.processing.post(
      '/process',
      { ...job, attempt },
      { schema: storedSchema, signal, idempotent: true },
    )
    deps.stats.increment('messages_processed')
    deps.logger.info({ message_id: messageId, attempt, stored }, 'message processed')
  }
}
