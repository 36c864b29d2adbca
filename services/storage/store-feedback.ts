import { randomUUID } from 'node:crypto'
import { type FeedbackBody, type FeedbackStored, ratingOf } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { FeedbackStore } from './feedback-store'

export type StoreFeedback = (feedback: FeedbackBody) => Promise<FeedbackStored>

/** Stores what a user thinks of an answer, with the trace it came in. */
export function createStoreFeedback(deps: { feedback: FeedbackStore; stats: ServiceStats }): StoreFeedback {
  return (feedback) => {
    const rating = ratingOf(feedback)
    return withSpan(
      SPANS.STORE_FEEDBACK_ROW,
      { attributes: { [ATTR.FEEDBACK_RATING]: rating } },
      async () => {
        const feedbackId = feedback.feedback_id ?? randomUUID()
        await deps.feedback.insert(feedbackId, feedback, activeTraceId() ?? null)
        deps.stats.increment('feedback_stored')
        return { feedback_id: feedbackId, rating }
      },
    )
  }
}
