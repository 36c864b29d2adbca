import { randomUUID } from 'node:crypto'
import { trace } from '@opentelemetry/api'
import { type FeedbackBody, feedbackStoredSchema } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { Downstream } from './downstream'

export interface FeedbackAnswer {
  readonly success: true
  readonly feedback_id: string
  readonly rating: number
  readonly trace_id: string | null
}

export type SubmitFeedback = (feedback: FeedbackBody) => Promise<FeedbackAnswer>

/** Stores what a user thinks of an answer, under the trace the feedback arrived in. */
export function createSubmitFeedback(deps: { downstream: Downstream; stats: ServiceStats }): SubmitFeedback {
  return async (feedback) => {
    // Chosen here, so that sending it twice stores it once.
    const feedbackId = randomUUID()
    const stored = await withSpan(SPANS.STORE_FEEDBACK, {}, () =>
      deps.downstream.storage.post(
        '/feedback',
        { ...feedback, feedback_id: feedbackId },
        { schema: feedbackStoredSchema, idempotent: true },
      ),
    )
    trace.getActiveSpan()?.setAttribute(ATTR.FEEDBACK_RATING, stored.rating)
    deps.stats.increment('feedback')
    return { success: true, ...stored, trace_id: activeTraceId() ?? null }
  }
}
