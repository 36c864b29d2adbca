import { z } from 'zod'
import { generationSchema } from './generation'
import { validationSchema } from './validation'

/** Answer of `POST /api/generate-query`. */
export const answerSchema = generationSchema.extend({
  /** True when there is a valid query. */
  success: z.boolean(),
  request_id: z.string(),
  trace_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  /** Null when there is no query to validate. */
  validation: validationSchema.nullable(),
  /** Id of the background message; null when the queue could not take it, and a warning says so. */
  message_id: z.string().nullable(),
  services_called: z.array(z.string()),
  processing_time_ms: z.number(),
})

export type Answer = z.output<typeof answerSchema>
