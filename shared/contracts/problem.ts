import { z } from 'zod'
import { errorCatalogue, type Problem } from '#shared/errors'

/** RFC 9457 problem details, as every service answers them. */
export const problemSchema: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  code: z.enum(Object.keys(errorCatalogue) as [string, ...string[]]),
  trace_id: z.string().nullable(),
  retryable: z.boolean(),
  service: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
})
