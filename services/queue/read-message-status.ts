import { ENQUEUE_PAYLOADS, type MessageStatus } from '#shared/contracts'
import type { MessageBus, WireMessage } from '#shared/messaging'
import { traceIdOf } from '#shared/telemetry'

export type ReadMessageStatus = (messageId: string) => Promise<MessageStatus | undefined>

/** What became of a message, with its payload for as long as the queue has it. */
export function createReadMessageStatus(bus: MessageBus): ReadMessageStatus {
  return async (messageId) => {
    const [status, message] = await Promise.all([bus.status(messageId), bus.peek(messageId)])
    if (status === undefined) return undefined
    return {
      message_id: messageId,
      queue: status.queue,
      status: status.state,
      attempts: status.attempts,
      enqueued_at: new Date(status.enqueuedAt).toISOString(),
      trace_id: status.traceId ?? (message && traceIdOf(message.headers)) ?? null,
      reason: status.cause === undefined ? null : `${status.cause.reason}: ${status.cause.detail}`,
      payload: message === undefined ? null : payloadOf(status.queue, message),
    }
  }
}

/** A dead letter may be one because its body is none of its queue's. */
function payloadOf(queue: string, message: WireMessage): MessageStatus['payload'] {
  if (!isEnqueueQueue(queue)) return null
  try {
    return ENQUEUE_PAYLOADS[queue].parse(JSON.parse(Buffer.from(message.body).toString('utf8')))
  } catch {
    return null
  }
}

function isEnqueueQueue(queue: string): queue is keyof typeof ENQUEUE_PAYLOADS {
  return Object.hasOwn(ENQUEUE_PAYLOADS, queue)
}
