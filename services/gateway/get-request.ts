import { messageStatusSchema, type RequestStatus, storedRequestSchema } from '#shared/contracts'
import { AppError } from '#shared/errors'
import type { Downstream } from './downstream'

export type GetRequest = (requestId: string) => Promise<RequestStatus>

/**
 * Where a request stands. Storage is asked first, because `processed` means stored; what is not there yet is
 * still with the queue.
 *
 * @throws AppError `request-not-found` when neither knows the id
 */
export function createGetRequest(downstream: Downstream): GetRequest {
  return async (requestId) =>
    (await unlessMissing('request-not-found', () => findStored(downstream, requestId))) ??
    (await unlessMissing('message-not-found', () => findQueued(downstream, requestId))) ??
    // Between the two questions the message may have left the queue for storage.
    (await findStored(downstream, requestId))
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

async function findQueued(downstream: Downstream, requestId: string): Promise<RequestStatus> {
  const message = await downstream.queue.get(`/status/${encodeURIComponent(requestId)}`, {
    schema: messageStatusSchema,
  })
  if (message.status === 'processed') throw new AppError('message-not-found')
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

async function unlessMissing<Result>(code: string, find: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof AppError && error.code === code) return undefined
    throw error
  }
}
