import { messageStatusSchema, type RequestStatus, storedRequestSchema } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { Downstream } from './downstream'

export type GetRequest = (requestId: string) => Promise<RequestStatus>

/**
 * Where a request stands. `processed` means stored, so storage has the first word and, because a message may
 * leave the queue for storage between the two questions, the last one too.
 *
 * @throws AppError `request-not-found` when neither knows the id · what storage failed with, when only it
 * could tell
 */
export function createGetRequest(downstream: Downstream): GetRequest {
  return async (requestId) => {
    try {
      return await findStored(downstream, requestId)
    } catch {
      return (await findQueued(downstream, requestId)) ?? (await findStored(downstream, requestId))
    }
  }
}

async function findStored(downstream: Downstream, requestId: string): Promise<RequestStatus> {
  const stored = await downstream.storage.get(`/requests/${encodeURIComponent(requestId)}`, {
    schema: storedRequestSchema,
  })
  return {
    request_id: stored.request_id,
    trace_id: stored.trace_id,
    status: 'processed',
    attempts: stored.attempts,
    user_input: stored.user_input,
    query: stored.query,
    validation: stored.validation,
    insights: stored.insights,
    created_at: stored.created_at,
    processed_at: stored.processed_at,
    reason: null,
  }
}

/** Undefined for a message that the queue does not know, or is done with. */
async function findQueued(downstream: Downstream, requestId: string): Promise<RequestStatus | undefined> {
  const message = await downstream.queue
    .get(`/status/${encodeURIComponent(requestId)}`, { schema: messageStatusSchema })
    .catch(undefinedIfUnknown)
  if (message === undefined || message.status === 'processed') return undefined
  return {
    request_id: requestId,
    trace_id: message.trace_id,
    status: message.status,
    attempts: message.attempts,
    user_input: message.payload?.user_input ?? null,
    query: message.payload?.query ?? null,
    validation: message.payload?.validation ?? null,
    insights: null,
    created_at: message.payload?.created_at ?? message.enqueued_at,
    processed_at: null,
    reason: message.reason,
  }
}

function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'message-not-found') return undefined
  throw error
}
