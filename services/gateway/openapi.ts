import { z } from 'zod'
import {
  answerSchema,
  feedbackBodySchema,
  feedbackStoredSchema,
  questionSchema,
  requestStatusSchema,
  type TextLimits,
} from '#shared/contracts'
import { errorCatalogue, PROBLEM_MEDIA_TYPE } from '#shared/errors'

type JsonObject = Record<string, unknown>

const problemSchema = z.object({
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

const healthSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  service: z.string(),
  version: z.string(),
  uptime_s: z.number(),
  timestamp: z.string(),
  downstream_services: z.record(
    z.string(),
    z.object({ status: z.string(), latency_ms: z.number(), detail: z.string().optional() }),
  ),
  stats: z.record(z.string(), z.unknown()),
})

/** The gateway's contract as an OpenAPI 3.1 document, made from the schemas that check the requests. */
export function createOpenApiDocument(limits: TextLimits, version: string): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'DataPrime Mesh',
      version,
      description: 'Turns a question about logs or spans into a valid DataPrime query.',
    },
    paths: {
      '/api/generate-query': {
        post: operation('Turn a question into a query', {
          body: questionSchema(limits),
          answers: { 200: ['The query, or why there is none', answerSchema] },
          problems: [400, 413, 415, 503],
        }),
      },
      '/api/requests/{request_id}': {
        get: operation('Where a request stands', {
          parameters: [{ name: 'request_id', in: 'path', required: true, schema: { type: 'string' } }],
          answers: { 200: ['Its status and, once processed, its insights', requestStatusSchema] },
          problems: [404, 503],
        }),
      },
      '/api/feedback': {
        post: operation('Rate an answer', {
          body: feedbackBodySchema(limits),
          answers: {
            201: [
              'Stored',
              feedbackStoredSchema.extend({ success: z.literal(true), trace_id: z.string().nullable() }),
            ],
          },
          problems: [400, 413, 415, 503],
        }),
      },
      '/api/stats': {
        get: operation('Counters and latencies of all services since they started', {
          answers: { 200: ['Stats by service', z.record(z.string(), z.unknown())] },
          problems: [],
        }),
      },
      '/api/health': {
        get: operation('Health of all services', {
          answers: {
            200: ['Questions can be answered', healthSchema],
            503: ['A service that an answer needs is down', healthSchema],
          },
          problems: [],
        }),
      },
    },
  }
}

interface OperationParts {
  readonly body?: z.ZodType
  readonly parameters?: readonly JsonObject[]
  readonly answers: Readonly<Record<number, readonly [description: string, schema: z.ZodType]>>
  readonly problems: readonly number[]
}

function operation(summary: string, parts: OperationParts): JsonObject {
  const answers = Object.entries(parts.answers).map(([status, [description, schema]]) => [
    status,
    {
      description,
      headers: TRACE_ID_HEADER,
      content: { 'application/json': { schema: toJsonSchema(schema, 'output') } },
    },
  ])
  const problems = parts.problems.map((status) => [
    status,
    {
      description: 'A problem',
      content: { [PROBLEM_MEDIA_TYPE]: { schema: toJsonSchema(problemSchema, 'output') } },
    },
  ])
  return {
    summary,
    ...(parts.parameters !== undefined && { parameters: parts.parameters }),
    ...(parts.body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: toJsonSchema(parts.body, 'input') } },
      },
    }),
    responses: Object.fromEntries([...answers, ...problems]),
  }
}

const TRACE_ID_HEADER = {
  'x-trace-id': { description: 'Id of the request’s trace', schema: { type: 'string' } },
}

/** OpenAPI 3.1 schemas are JSON Schema 2020-12; the dialect is said once for the whole document. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject
  return rest
}
