import { z } from 'zod'
import { fieldCatalogueSchema } from './catalogue'
import { humanText, idSchema, type TextLimits, timestampSchema, timeZoneSchema } from './text'

export const INTENTS = [
  'error_analysis',
  'performance_analysis',
  'usage_analytics',
  'security',
  'monitoring',
  'search',
  'aggregation',
  'unknown',
] as const
export type Intent = (typeof INTENTS)[number]

export const OUTCOMES = ['query', 'refused', 'clarify'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const ENGINES = ['embedded', 'openai'] as const
export type Engine = (typeof ENGINES)[number]

/** A question: body of the gateway's `POST /api/generate-query` and of the query service's `POST /generate`. */
export function questionSchema(limits: TextLimits) {
  return z.object({
    user_input: humanText(limits.questionLengthMax),
    conversation_id: idSchema.nullish(),
    /** A query that the question refers to ("the same for spans"). */
    previous_query: humanText(limits.queryLengthMax).nullish(),
    /** The clock that "yesterday 9am" is read against; the time of the request unless given. */
    now: timestampSchema.nullish(),
    timezone: timeZoneSchema.nullish(),
    catalogue: fieldCatalogueSchema.nullish(),
  })
}

export type Question = z.output<ReturnType<typeof questionSchema>>

export const usageSchema = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  total_tokens: z.number(),
})

/** Answer of `POST /generate`. `query` is set when `outcome` is `query`, and then it parses. */
export const generationSchema = z.object({
  outcome: z.enum(OUTCOMES),
  query: z.string().nullable(),
  intent: z.enum(INTENTS),
  /** 0 to 1. */
  intent_confidence: z.number(),
  keywords_found: z.array(z.string()),
  /** The query in plain words, why the question was refused, or the question to ask back. */
  explanation: z.string(),
  assumptions: z.array(z.string()),
  engine: z.enum(ENGINES),
  model: z.string().optional(),
  usage: usageSchema.optional(),
  /** Generations tried, all engines together, and one more for each time that a query had to be repaired. */
  attempts: z.number(),
  warnings: z.array(z.string()),
})

export type Generation = z.output<typeof generationSchema>
export type Usage = z.output<typeof usageSchema>
