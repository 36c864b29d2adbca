import { z } from 'zod'
import { humanText, idSchema, type TextLimits } from './text'

export const FEEDBACK_TYPES = ['thumbs_up', 'thumbs_down'] as const

/** Body of `POST /api/feedback` and of the storage service's `POST /feedback`: a rating or a thumb. */
export function feedbackBodySchema(limits: TextLimits) {
  return z
    .object({
      user_input: humanText(limits.questionLengthMax),
      generated_query: humanText(limits.queryLengthMax),
      rating: z.int().min(1).max(5).nullish(),
      feedback_type: z.enum(FEEDBACK_TYPES).nullish(),
      comment: humanText(limits.questionLengthMax).nullish(),
      corrected_query: humanText(limits.queryLengthMax).nullish(),
      category: z.string().max(64).nullish(),
      request_id: idSchema.nullish(),
      /** Storing under the same id again changes nothing; storage makes one up unless given. */
      feedback_id: idSchema.nullish(),
      metadata: z.record(z.string().max(64), z.json()).nullish(),
    })
    .superRefine((feedback, context) => {
      if (feedback.rating == null && feedback.feedback_type == null) {
        context.addIssue({
          code: 'custom',
          path: ['rating'],
          message: 'expected a rating from 1 to 5, or a feedback_type of thumbs_up or thumbs_down',
        })
      }
    })
}

export type FeedbackBody = z.output<ReturnType<typeof feedbackBodySchema>>

/** A thumb counts as the end of the scale it points to. */
export function ratingOf(feedback: Pick<FeedbackBody, 'rating' | 'feedback_type'>): number {
  return feedback.rating ?? (feedback.feedback_type === 'thumbs_up' ? 5 : 1)
}

/** Answer of both. */
export const feedbackStoredSchema = z.object({ feedback_id: z.string(), rating: z.number() })

export type FeedbackStored = z.output<typeof feedbackStoredSchema>
