import { randomUUID } from 'node:crypto'
import { SERVICES } from '#shared/config'
import {
  createMeshEvent,
  type FeedbackBody,
  type FeedbackStored,
  type MeshEvent,
  ratingOf,
} from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { FeedbackStore, StoredFeedback } from './feedback-store'
import type { RequestStore } from './request-store'

export type StoreFeedback = (feedback: FeedbackBody) => Promise<FeedbackStored>

export interface StoreFeedbackDeps {
  readonly feedback: FeedbackStore
  readonly requests: RequestStore
  readonly stats: ServiceStats
  /** Inside the transaction of the feedback: sees to it that the event comes to be known. */
  readonly tell: (event: MeshEvent, traceId: string | null) => void
  /** After that transaction, when something was told in it. */
  readonly told: () => void
}

/**
 * Stores what a user thinks of an answer, with the trace it came in, and in the same transaction the event that
 * says so: neither is ever there without the other.
 */
export function createStoreFeedback(deps: StoreFeedbackDeps): StoreFeedback {
  return (body) => {
    const rating = ratingOf(body)
    return withSpan(
      SPANS.STORE_FEEDBACK_ROW,
      { attributes: { [ATTR.FEEDBACK_RATING]: rating } },
      async () => {
        const stored: StoredFeedback = {
          feedbackId: body.feedback_id ?? randomUUID(),
          traceId: activeTraceId() ?? null,
          createdAt: new Date().toISOString(),
          body,
        }
        const isNew = await deps.feedback.insert(stored, () =>
          deps.tell(toEvent(stored, deps.requests), stored.traceId),
        )
        if (isNew) deps.told()
        deps.stats.increment(isNew ? 'feedback_stored' : 'feedback_duplicate')
        return { feedback_id: stored.feedbackId, rating }
      },
    )
  }
}

function toEvent({ feedbackId, createdAt, body }: StoredFeedback, requests: RequestStore): MeshEvent {
  const rated = body.request_id == null ? undefined : requests.describe(body.request_id)
  return createMeshEvent('feedback.submitted', {
    service: SERVICES.storage.serviceName,
    subjectId: feedbackId,
    occurredAt: createdAt,
    requestId: body.request_id ?? null,
    conversationId: rated?.conversation_id ?? null,
    data: {
      feedback_id: feedbackId,
      rating: ratingOf(body),
      feedback_type: body.feedback_type ?? null,
      category: body.category ?? null,
      has_comment: body.comment != null,
      has_corrected_query: body.corrected_query != null,
      intent: rated?.intent ?? null,
      engine: rated?.engine ?? null,
    },
  })
}
