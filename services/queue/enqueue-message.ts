import type { z } from 'zod'
import {
  type Enqueued,
  type enqueueBodySchema,
  type ProcessingJob,
  processingJobSchema,
} from '#shared/contracts'
import { toAppError } from '#shared/errors'
import type { MessageBus, PublishReceipt } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpan } from '#shared/telemetry'

export type EnqueueMessage = (body: z.output<typeof enqueueBodySchema>) => Promise<Enqueued>

/** Why the queue takes no messages, for its health; undefined as long as the last one was taken. */
export interface Intake {
  failure: string | undefined
}

export interface EnqueueDeps {
  readonly bus: MessageBus
  readonly stats: ServiceStats
  readonly intake: Intake
}

/** Resolves once the message is on disk: what was answered with an id is not lost. */
export function createEnqueueMessage(deps: EnqueueDeps): EnqueueMessage {
  return ({ queue, message_id, payload }) =>
    withSpan(
      SPANS.ENQUEUE_MESSAGE,
      { attributes: { [ATTR.REQUEST_ID]: payload.request_id } },
      async (span) => {
        const receipt = await publish(deps, queue, message_id ?? payload.request_id, payload)
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

async function publish(
  { bus, intake }: EnqueueDeps,
  queue: string,
  id: string,
  body: ProcessingJob,
): Promise<PublishReceipt> {
  try {
    const receipt = await bus.publish({
      queue,
      id,
      body,
      schema: processingJobSchema,
      conversationId: body.request_id,
    })
    intake.failure = undefined
    return receipt
  } catch (error) {
    const { code, detail, status } = toAppError(error)
    if (status >= 500) intake.failure = detail ?? code
    throw error
  }
}
