import type { z } from 'zod'
import { type Enqueued, type enqueueBodySchema, processingJobSchema } from '#shared/contracts'
import type { MessageBus } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpan } from '#shared/telemetry'

export type EnqueueMessage = (body: z.output<typeof enqueueBodySchema>) => Promise<Enqueued>

/** Resolves once the message is on disk: what was answered with an id is not lost. */
export function createEnqueueMessage(deps: { bus: MessageBus; stats: ServiceStats }): EnqueueMessage {
  return ({ queue, message_id, payload }) =>
    withSpan(
      SPANS.ENQUEUE_MESSAGE,
      { attributes: { [ATTR.REQUEST_ID]: payload.request_id } },
      async (span) => {
        const receipt = await deps.bus.publish({
          queue,
          id: message_id ?? payload.request_id,
          body: payload,
          schema: processingJobSchema,
          conversationId: payload.request_id,
        })
        span.setAttribute(ATTR.MESSAGE_ID, receipt.messageId)
        deps.stats.increment(receipt.duplicate ? 'messages_duplicate' : 'messages_enqueued')
        return {
          message_id: receipt.messageId,
          queue,
          duplicate: receipt.duplicate,
          queue_size: receipt.queueSize ?? 0,
        }
      },
    )
}
