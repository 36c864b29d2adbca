import { z } from 'zod'
import {
  answerSchema,
  type ChatLimits,
  chatAcceptedSchema,
  chatBodySchema,
  chatStatusSchema,
  conversationSchema,
  feedbackBodySchema,
  feedbackStoredSchema,
  pathwayGraphSchema,
  problemSchema,
  questionSchema,
  requestStatusSchema,
} from '#shared/contracts'
import { PROBLEM_MEDIA_TYPE } from '#shared/errors'
import { REQUEST_EVENTS } from './request-events'

type JsonObject = Record<string, unknown>

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
export function createOpenApiDocument(limits: ChatLimits, version: string): JsonObject {
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
          parameters: [IDEMPOTENCY_KEY, PREFER],
          body: questionSchema(limits),
          answers: {
            200: ['The query, or why there is none', answerSchema],
            202: ['With `Prefer: respond-async`: accepted, to be answered later', chatAcceptedSchema],
          },
          problems: [400, 409, 413, 415, 422, 503],
        }),
      },
      '/api/chat': {
        post: operation('Ask a question that is answered later', {
          parameters: [IDEMPOTENCY_KEY],
          body: chatBodySchema(limits),
          answers: { 202: ['Accepted; `Location` is where it stands', chatAcceptedSchema] },
          problems: [400, 409, 413, 415, 422, 429, 503],
        }),
      },
      '/api/chat/poll/{request_id}': {
        get: operation('Where a chat request stands, with its answer', {
          parameters: [
            pathParameter('request_id'),
            queryParameter('wait_ms', 'Wait so long for the answer; 0 unless given', 'integer'),
          ],
          answers: { 200: ['Its status and, once answered, the answer', chatStatusSchema] },
          problems: [400, 404, 503],
        }),
      },
      '/api/conversations/{conversation_id}': {
        get: operation('The turns of a conversation, in order', {
          parameters: [
            pathParameter('conversation_id'),
            queryParameter('limit', 'Most turns of the answer', 'integer'),
            queryParameter('after', '`next_after` of the page before, or a timestamp', 'string'),
          ],
          answers: { 200: ['Questions and answers', conversationSchema] },
          problems: [400, 404, 503],
        }),
      },
      '/api/requests/{request_id}': {
        get: operation('Where a request stands', {
          parameters: [pathParameter('request_id')],
          answers: { 200: ['Its status and, once processed, its insights', requestStatusSchema] },
          problems: [404, 503],
        }),
      },
      '/api/requests/{request_id}/events': {
        get: operation('What happens to a request, as server-sent events', {
          parameters: [
            pathParameter('request_id'),
            {
              name: 'Last-Event-ID',
              in: 'header',
              description: 'Go on after this event',
              schema: { type: 'string' },
            },
          ],
          events: REQUEST_EVENTS,
          answers: { 204: ['Nothing more will happen', undefined] },
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
      '/api/pathways': {
        get: operation('The ways that messages take through the mesh, with throughput, latencies and lag', {
          answers: {
            200: ['One graph of what all services have seen since they started', pathwayGraphSchema],
          },
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
  /** Names of the events, when 200 is a stream of them. */
  readonly events?: readonly string[]
  readonly answers: Readonly<Record<number, readonly [description: string, schema: z.ZodType | undefined]>>
  readonly problems: readonly number[]
}

function operation(summary: string, parts: OperationParts): JsonObject {
  const answers = Object.entries(parts.answers).map(([status, [description, schema]]) => [
    status,
    {
      description,
      headers: TRACE_ID_HEADER,
      ...(schema !== undefined && {
        content: { 'application/json': { schema: toJsonSchema(schema, 'output') } },
      }),
    },
  ])
  const problems = parts.problems.map((status) => [
    status,
    {
      description: 'A problem',
      content: { [PROBLEM_MEDIA_TYPE]: { schema: toJsonSchema(problemSchema, 'output') } },
    },
  ])
  const stream = (parts.events ?? []).length === 0 ? [] : [[200, toStreamAnswer(parts.events ?? [])]]
  return {
    summary,
    ...(parts.parameters !== undefined && { parameters: parts.parameters }),
    ...(parts.body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: toJsonSchema(parts.body, 'input') } },
      },
    }),
    responses: Object.fromEntries([...stream, ...answers, ...problems]),
  }
}

function toStreamAnswer(events: readonly string[]): JsonObject {
  return {
    description: `Events ${events.join(', ')}, each with JSON as its data`,
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  }
}

function pathParameter(name: string): JsonObject {
  return { name, in: 'path', required: true, schema: { type: 'string' } }
}

function queryParameter(name: string, description: string, type: string): JsonObject {
  return { name, in: 'query', description, schema: { type } }
}

const IDEMPOTENCY_KEY: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key with the same body is answered once; others get that answer again',
  schema: { type: 'string', maxLength: 255 },
}

const PREFER: JsonObject = {
  name: 'Prefer',
  in: 'header',
  description: '`respond-async` to be answered later, as by `POST /api/chat` (RFC 7240)',
  schema: { type: 'string' },
}

const TRACE_ID_HEADER = {
  'x-trace-id': { description: 'Id of the request’s trace', schema: { type: 'string' } },
}

/** OpenAPI 3.1 schemas are JSON Schema 2020-12; the dialect is said once for the whole document. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject
  return rest
}
