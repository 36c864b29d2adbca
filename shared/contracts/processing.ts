import { z } from 'zod'
import { domainEventSchema } from './events'
import { ENGINES, INTENTS, OUTCOMES } from './generation'
import { idSchema, timestampSchema } from './text'
import { validationSchema } from './validation'

/** The queue that carries answered questions to the background worker. */
export const PROCESSING_QUEUE = 'processing.jobs'

/** One for each type of the mesh's own, with room for more. */
const RECORDED_EVENTS_MAX = 16

/** Message on `processing.jobs` and body of `POST /process`: a question that was answered. */
export const processingJobSchema = z.object({
  request_id: idSchema,
  conversation_id: idSchema.nullable(),
  user_input: z.string(),
  outcome: z.enum(OUTCOMES),
  query: z.string().nullable(),
  intent: z.enum(INTENTS),
  intent_confidence: z.number(),
  engine: z.enum(ENGINES),
  model: z.string().nullable(),
  /** Null when there was no query to validate. */
  validation: validationSchema.nullable(),
  created_at: timestampSchema,
  /** Delivery the job arrives with, 1 for the first; set by the worker. */
  attempt: z.number().int().min(1).default(1),
  /**
   * What happened to the question, when domain events are not published but recorded with what is stored of it
   * (`EVENTS=off`).
   */
  events: z.array(domainEventSchema).max(RECORDED_EVENTS_MAX).optional(),
})

export type ProcessingJob = z.output<typeof processingJobSchema>

export const complexitySchema = z.object({
  level: z.enum(['low', 'medium', 'high']),
  score: z.number(),
  stage_count: z.number(),
  expression_depth: z.number(),
  operator_count: z.number(),
})

export const insightSchema = z.object({
  code: z.string(),
  level: z.enum(['info', 'advice', 'warning']),
  message: z.string(),
})

/** What the query does, in a form that can be searched and compared. */
export const queryProfileSchema = z.object({
  /** Canonical text. */
  canonical: z.string(),
  /** Canonical text with every literal replaced, so that alike queries share it. */
  fingerprint: z.string(),
  /** SHA-256 of `fingerprint`, first 16 hexadecimal digits. */
  fingerprint_hash: z.string(),
  source: z.string().nullable(),
  time_range: z.string().nullable(),
  commands: z.array(z.string()),
  fields: z.array(z.string()),
  functions: z.array(z.string()),
  group_keys: z.array(z.string()),
  aggregates: z.array(z.string()),
})

export const insightsSchema = z.object({
  /** Null when there was no query. */
  complexity: complexitySchema.nullable(),
  insights: z.array(insightSchema),
  profile: queryProfileSchema.nullable(),
})

export type Complexity = z.output<typeof complexitySchema>
export type Insight = z.output<typeof insightSchema>
export type QueryProfile = z.output<typeof queryProfileSchema>
export type Insights = z.output<typeof insightsSchema>

/** Body of the storage service's `POST /processing-data`. */
export const processingDataSchema = processingJobSchema.extend({
  insights: insightsSchema,
  processed_at: timestampSchema,
})

export type ProcessingData = z.output<typeof processingDataSchema>

/** Answer of `POST /process`; `stored` is false when the row was there already. */
export const storedSchema = z.object({ request_id: z.string(), stored: z.boolean() })

export type Stored = z.output<typeof storedSchema>

/** Answer of `POST /processing-data`: what the row says, which a delivery before this one may have stored. */
export const dataStoredSchema = storedSchema.extend({ processed_at: z.string(), attempts: z.number() })

export type DataStored = z.output<typeof dataStoredSchema>

/** Answer of the storage service's `GET /requests/:request_id`. */
export const storedRequestSchema = processingDataSchema
  .omit({ attempt: true, events: true })
  .extend({ trace_id: z.string().nullable(), attempts: z.number() })

export type StoredRequest = z.output<typeof storedRequestSchema>
