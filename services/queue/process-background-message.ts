import { type ProcessingJob, storedSchema } from '#shared/contracts'
import type { HttpClient } from '#shared/http'
import type { MessageContext } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'

export type ProcessBackgroundMessage = (job: ProcessingJob, context: MessageContext) => Promise<void>

/**
 * Hands one job to the processing service and is done when the result is stored. What it throws decides what
 * becomes of the message: retryable errors bring it back later, others make it a dead letter.
 */
export function createProcessBackgroundMessage(deps: {
  processing: HttpClient
  stats: ServiceStats
}): ProcessBackgroundMessage {
  return async (job, { attempt, enqueuedAt, signal }) => {
    deps.stats.record('queue_wait', Math.max(0, Date.now() - enqueuedAt))
    await deps.processing.post('/process', { ...job, attempt }, { schema: storedSchema, signal })
    deps.stats.increment('messages_processed')
  }
}
