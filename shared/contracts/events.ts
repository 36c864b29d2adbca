import { z } from 'zod'
import { FEEDBACK_TYPES } from './feedback'
import { ENGINES, INTENTS, OUTCOMES, usageSchema } from './generation'
import { idSchema, timestampSchema } from './text'

/**
 * A domain event says that something happened to a question: it is a message that whoever wants to know may have a
 * copy of. The mesh's own types are below; other producers publish others in the same envelope.
 */
export const MESH_EVENT_TYPES = [
  'query.generated',
  'query.validated',
  'query.processed',
  'feedback.submitted',
] as const
export type MeshEventType = (typeof MESH_EVENT_TYPES)[number]

export const EVENT_TYPE_LENGTH_MAX = 128
export const EVENT_SERVICE_LENGTH_MAX = 64

/** Lower-case words, two at least: what it is about, and what happened to it. */
export const eventTypeSchema = z
  .string()
  .max(EVENT_TYPE_LENGTH_MAX, `expected at most ${EVENT_TYPE_LENGTH_MAX} characters`)
  .regex(
    /^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+$/,
    'expected lower-case words separated by dots, such as query.generated',
  )

/** Longer than other ids, because those of the mesh's own events have a request's id in them. */
export const eventIdSchema = z
  .string()
  .regex(/^[\w.:@-]{1,200}$/, 'expected 1 to 200 letters, digits or any of . _ : @ -')

const envelopeSchema = z.object({
  /** The same event sent again has the same id, and is one event. */
  event_id: eventIdSchema,
  event_type: eventTypeSchema,
  /** Who says so: `service.name` of the producer. */
  service: z
    .string()
    .min(1, 'expected the name of the producer')
    .max(EVENT_SERVICE_LENGTH_MAX, `expected at most ${EVENT_SERVICE_LENGTH_MAX} characters`)
    .regex(/^[\w.-]*$/, 'expected letters, digits or any of . _ -'),
  occurred_at: timestampSchema,
  request_id: idSchema.nullish(),
  conversation_id: idSchema.nullish(),
  /** Anything JSON can say; of the mesh's own types, at least what `meshEventDataSchemas` names. */
  data: z.record(z.string(), z.unknown()),
})

const durationMs = z.number().min(0)

/** What the data of the mesh's own events have, enough for history and for counts by intent, engine and service. */
export const meshEventDataSchemas = {
  /** The engine answered: with a query as it generated it, or with a reason why there is none. */
  'query.generated': z.object({
    user_input: z.string(),
    outcome: z.enum(OUTCOMES),
    query: z.string().nullable(),
    intent: z.enum(INTENTS),
    intent_confidence: z.number(),
    engine: z.enum(ENGINES),
    model: z.string().nullable(),
    usage: usageSchema.nullable(),
    attempts: z.int(),
    /** How long the query service took. */
    duration_ms: durationMs,
  }),
  /** The query that is answered was judged. */
  'query.validated': z.object({
    query: z.string(),
    intent: z.enum(INTENTS),
    engine: z.enum(ENGINES),
    is_valid: z.boolean(),
    error_count: z.int(),
    warning_count: z.int(),
    syntax_score: z.number(),
    complexity_score: z.number(),
    /** True when the generated query had errors and this is its repaired form. */
    repaired: z.boolean(),
    /** How long the validation service took, repairs included. */
    duration_ms: durationMs,
  }),
  /** The question was analysed and stored. */
  'query.processed': z.object({
    outcome: z.enum(OUTCOMES),
    intent: z.enum(INTENTS),
    engine: z.enum(ENGINES),
    /** Null when there was no query. */
    is_valid: z.boolean().nullable(),
    complexity_level: z.string().nullable(),
    fingerprint_hash: z.string().nullable(),
    insight_count: z.int(),
    /** Deliveries it took. */
    attempts: z.int(),
    /** From the question's arrival to the end of its analysis. */
    duration_ms: durationMs,
  }),
  /** A user rated an answer. */
  'feedback.submitted': z.object({
    feedback_id: z.string(),
    rating: z.int().min(1).max(5),
    feedback_type: z.enum(FEEDBACK_TYPES).nullable(),
    category: z.string().nullable(),
    has_comment: z.boolean(),
    has_corrected_query: z.boolean(),
    /** Of the request that was rated, when that was known and stored. */
    intent: z.enum(INTENTS).nullable(),
    engine: z.enum(ENGINES).nullable(),
  }),
} as const satisfies Record<MeshEventType, z.ZodType>

export type MeshEventData = {
  readonly [Type in MeshEventType]: z.output<(typeof meshEventDataSchemas)[Type]>
}

type Envelope = Omit<z.output<typeof envelopeSchema>, 'event_type' | 'data'>

/** A domain event of any type. */
export type DomainEvent = Envelope & { readonly event_type: string; readonly data: Record<string, unknown> }

/** A domain event of the mesh itself, told apart by `event_type`. */
export type MeshEvent<Type extends MeshEventType = MeshEventType> = {
  readonly [Each in Type]: Envelope & { readonly event_type: Each; readonly data: MeshEventData[Each] }
}[Type]

/** A domain event; one of the mesh's own types must have the data of its type, and may have more. */
export const domainEventSchema: z.ZodType<DomainEvent> = envelopeSchema.superRefine((event, context) => {
  if (!isMeshEventType(event.event_type)) return
  const { error } = meshEventDataSchemas[event.event_type].safeParse(event.data)
  for (const { path, message } of error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: ['data', ...path], message })
  }
})

function isMeshEventType(type: string): type is MeshEventType {
  return Object.hasOwn(meshEventDataSchemas, type)
}

/** For events that `domainEventSchema` has passed. */
export function isMeshEvent(event: DomainEvent): event is MeshEvent {
  return isMeshEventType(event.event_type)
}

/**
 * An event of the mesh. Its id comes from what it is about, the request or the feedback: whoever says it again,
 * after a crash or in another way, says the same event.
 */
export function createMeshEvent<Type extends MeshEventType>(
  eventType: Type,
  event: {
    readonly service: string
    /** Id of what it is about. It happens to it once. */
    readonly subjectId: string
    readonly occurredAt: string
    readonly requestId: string | null
    readonly conversationId: string | null
    readonly data: MeshEventData[Type]
  },
): MeshEvent<Type> {
  const { service, subjectId, occurredAt, requestId, conversationId, data } = event
  return {
    event_id: `${subjectId}.${eventType}`,
    event_type: eventType,
    service,
    occurred_at: occurredAt,
    request_id: requestId,
    conversation_id: conversationId,
    data,
  } as MeshEvent<Type>
}

/** Events as they come, to be judged one by one. */
export function eventListSchema(lengthMax: number) {
  return z.array(z.unknown()).max(lengthMax, `expected at most ${lengthMax} events`)
}

/**
 * What became of an event. `filtered`: the configuration says that nobody gets it. `unrouted`: no queue is bound
 * for its routing key. `rejected`: it was not taken, and `error` says why; the other four mean that it was.
 */
export const EVENT_STATUSES = ['accepted', 'duplicate', 'filtered', 'unrouted', 'rejected'] as const
export type EventStatus = (typeof EVENT_STATUSES)[number]

export const eventOutcomeSchema = z.object({
  /** Place in the list that was sent. */
  index: z.int(),
  /** Null when what was rejected had none that could be read. */
  event_id: z.string().nullable(),
  status: z.enum(EVENT_STATUSES),
  error: z
    .object({
      code: z.string(),
      detail: z.string(),
      /** Whether sending it again later, as it is, may succeed. */
      retryable: z.boolean(),
      /** Pointers into the body that was sent. */
      errors: z.array(z.object({ pointer: z.string(), message: z.string() })),
    })
    .optional(),
})

export type EventOutcome = z.output<typeof eventOutcomeSchema>

/**
 * Answer of `POST /events`: 202 when every event was taken, 207 when some were. When none was and all for the same
 * reason, the answer is that problem instead.
 */
export const eventsPublishedSchema = z.object({
  taken: z.int(),
  rejected: z.int(),
  /** In the order in which they were sent. */
  events: z.array(eventOutcomeSchema),
})

export type EventsPublished = z.output<typeof eventsPublishedSchema>

/** Whether any of the events was put into a queue by this very call. */
export function hasNewEvents({ events }: EventsPublished): boolean {
  return events.some(({ status }) => status === 'accepted')
}

/** An event as the storage service keeps it. */
export const storedEventSchema = z.object({
  event_id: z.string(),
  event_type: z.string(),
  service: z.string(),
  /** In UTC. */
  occurred_at: z.string(),
  request_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  /** The trace in which it was published. */
  trace_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  recorded_at: z.string(),
})

export type StoredEvent = z.output<typeof storedEventSchema>

/** Answer of the storage service's `GET /events`. */
export const eventPageSchema = z.object({
  events: z.array(storedEventSchema),
  /** `before` of the next page; null when this is the last. */
  next_before: z.string().nullable(),
})

export type EventPage = z.output<typeof eventPageSchema>
