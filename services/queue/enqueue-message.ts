import { ENQUEUE_PAYLOADS, type EnqueueBody, type Enqueued } from '#shared/contracts'
import { toAppError } from '#shared/errors'
import type { MessageBus, PublishReceipt } from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpan } from '#shared/telemetry'
import { type PublishEach, toEventOutcome } from './publish-each'

export type EnqueueMessage = (body: EnqueueBody) => Promise<Enqueued>

/** Why the queue takes no messages, for its health; undefined as long as the last one was taken. */
export interface Intake {
  failure: string | undefined
}

export interface EnqueueDeps {
  readonly bus: MessageBus
  readonly stats: ServiceStats
  readonly intake: Intake
  readonly publishEach: PublishEach
}

/**
 * Resolves once the message is on disk: what was answered with an id is not lost.
 *
 * The domain events that come with it are handed over in the same turn, after it: in an embedded queue they share
 * its commit, and with it its price. They are no part of it. An event that is not taken is told in the answer and
 * the job stays; a job that is not taken is the error, and events that were taken stay, because what they tell has
 * happened all the same. Whoever sends all of it again under the same ids adds only what was missing.
 */
export function createEnqueueMessage(deps: EnqueueDeps): EnqueueMessage {
  return (body) => {
    const { queue, message_id, payload, events } = body
    return withSpan(
      SPANS.ENQUEUE_MESSAGE,
      { attributes: { [ATTR.REQUEST_ID]: payload.request_id } },
      async (span) => {
        const enqueueing = publish(deps, message_id ?? payload.request_id, body)
        const publishing = deps.publishEach(events, (index) => `/events/${index}`)
        const [receipt, published] = await bothSettled(enqueueing, publishing)
        span.setAttribute(ATTR.MESSAGE_ID, receipt.messageId)
        deps.stats.increment(receipt.duplicate ? 'messages_duplicate' : 'messages_enqueued')
        return {
          message_id: receipt.messageId,
          queue,
          duplicate: receipt.duplicate,
          queue_size: receipt.queueSize ?? null,
          events: published.map(toEventOutcome),
        }
      },
    )
  }
}

/** Waits for both before it fails with either, so that no span outlives the one it belongs to. */
async function bothSettled<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other])
  return Promise.all([one, other])
}

async function publish(
  { bus, intake }: EnqueueDeps,
  id: string,
  { queue, payload }: EnqueueBody,
): Promise<PublishReceipt> {
  try {
    const receipt = await bus.publish<unknown>({
      queue,
      id,
      body: payload,
      schema: ENQUEUE_PAYLOADS[queue],
      conversationId: payload.request_id,
    })
    intake.failure = undefined
    return receipt
  } catch (error) {
    const { code, detail, status } = toAppError(error)
    if (status >= 500) intake.failure = detail ?? code
    throw error
  }
}
