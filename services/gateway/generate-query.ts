import { trace } from '@opentelemetry/api'
import { SERVICES } from '#shared/config'
import {
  type Answer,
  describeRepair,
  type Enqueued,
  type EventOutcome,
  enqueuedSchema,
  type Generation,
  generationSchema,
  type MeshEvent,
  PROCESSING_QUEUE,
  type ProcessingJob,
  type Question,
  type Validation,
  validationSchema,
} from '#shared/contracts'
import { type ErrorCode, toAppError } from '#shared/errors'
import type { Claim } from '#shared/idempotency'
import type { ServiceStats } from '#shared/monitoring'
import { handOver } from '#shared/pathways'
import { ATTR, activeTraceId, type Logger, SPANS, withSpan } from '#shared/telemetry'
import { timed } from '#shared/timing'
import type { Config } from './config'
import { describeQuestion } from './describe-question'
import type { Downstream } from './downstream'
import { toQueryEvents } from './query-events'

export interface GenerateQueryDeps {
  readonly config: Config
  readonly downstream: Downstream
  readonly stats: ServiceStats
  readonly logger: Logger
}

export interface GenerateQueryOptions {
  /** True for work that comes again: it fails while the queue is away, and its background work is not given up. */
  readonly comesAgain?: boolean
}

/**
 * The request has the id of the claim. `signal` aborts when nobody waits for the answer any longer; a model is
 * then not waited for either.
 */
export type GenerateQuery = (
  question: Question,
  signal: AbortSignal,
  claim: Claim,
  options?: GenerateQueryOptions,
) => Promise<Answer>

/**
 * The story of one question: generate, validate, repair what is not valid, hand the rest to the background,
 * answer.
 *
 * The answer needs the query and the validation service; without one of them it fails with the error that names
 * which. It does not need the queue, unless it comes again: when that is down the answer comes with `message_id: null`
 * and a warning.
 */
export function createGenerateQuery(deps: GenerateQueryDeps): GenerateQuery {
  return async (question, signal, { id: requestId, startedAt: createdAt }, { comesAgain = false } = {}) => {
    const startedAt = performance.now()
    describeQuestion(requestId, question)

    const generated = await timed(() => callQueryService(deps, question, signal))
    const validated = await timed(() => validateOrRepair(deps, question, generated.result))
    const { generation, validation } = validated.result
    const job = toProcessingJob(requestId, createdAt, question, generation, validation)
    const events = toQueryEvents({
      requestId,
      question,
      generated,
      validated: validation === null ? null : { ...validated, result: validation },
      answered: generation,
    })
    const enqueued = await enqueueProcessing(deps, job, events, comesAgain)

    const success = generation.outcome === 'query' && validation?.is_valid === true
    countOutcome(deps.stats, generation, success)
    return {
      ...generation,
      success,
      request_id: requestId,
      trace_id: activeTraceId() ?? null,
      conversation_id: question.conversation_id ?? null,
      validation,
      message_id: enqueued.messageId,
      warnings: [...generation.warnings, ...enqueued.warnings],
      services_called: servicesCalled(validation, enqueued.messageId),
      processing_time_ms: Math.round((performance.now() - startedAt) * 10) / 10,
    }
  }
}

function callQueryService(
  { config, downstream }: GenerateQueryDeps,
  question: Question,
  signal: AbortSignal,
): Promise<Generation> {
  return withSpan(SPANS.CALL_QUERY_SERVICE, {}, async (span) => {
    const generation = await downstream.query.post('/generate', question, {
      schema: generationSchema,
      timeoutMs: config.GENERATION_TIMEOUT_MS,
      signal,
    })
    const described = {
      [ATTR.GENERATION_OUTCOME]: generation.outcome,
      [ATTR.GENERATION_ENGINE]: generation.engine,
      [ATTR.GENERATION_ATTEMPTS]: generation.attempts,
      [ATTR.INTENT_TYPE]: generation.intent,
      [ATTR.INTENT_CONFIDENCE]: generation.intent_confidence,
      ...(generation.query !== null && { [ATTR.QUERY_GENERATED]: generation.query }),
    }
    span.setAttributes(described)
    return generation
  })
}

interface ValidatedGeneration {
  readonly generation: Generation
  /** About the query of the generation; null when it has none. */
  readonly validation: Validation | null
}

/**
 * What is answered is valid whenever it can be: a query with errors gives way to its repaired form, if that
 * is valid. The validation is always the one of the query that is answered, which is why a repaired one is
 * validated again; every change is told among the assumptions.
 */
async function validateOrRepair(
  deps: GenerateQueryDeps,
  question: Question,
  generation: Generation,
): Promise<ValidatedGeneration> {
  if (generation.query === null) return { generation, validation: null }
  const validation = await callValidationService(deps, generation.query, question)
  const { is_valid: isValid, fixed } = validation
  if (isValid || fixed?.valid !== true) return { generation, validation }

  trace.getActiveSpan()?.setAttributes({
    [ATTR.VALIDATION_REPAIRED]: true,
    [ATTR.VALIDATION_EDIT_COUNT]: fixed.edits.length,
  })
  deps.stats.increment('queries_repaired')
  return {
    generation: {
      ...generation,
      query: fixed.query,
      assumptions: [...generation.assumptions, ...fixed.edits.map(describeRepair)],
      attempts: generation.attempts + 1,
    },
    validation: await callValidationService(deps, fixed.query, question),
  }
}

/** The catalogue serves advice and "did you mean"; strict it is not, so that it makes no query invalid. */
function callValidationService(
  { downstream }: GenerateQueryDeps,
  query: string,
  { catalogue }: Question,
): Promise<Validation> {
  const body = { query, ...(catalogue != null && { catalogue }) }
  return withSpan(SPANS.CALL_VALIDATION_SERVICE, {}, async (span) => {
    const validation = await downstream.validation.post('/validate', body, {
      schema: validationSchema,
      idempotent: true,
    })
    span.setAttributes({
      [ATTR.VALIDATION_IS_VALID]: validation.is_valid,
      [ATTR.VALIDATION_SCORE]: validation.syntax_score,
    })
    return validation
  })
}

function toProcessingJob(
  requestId: string,
  createdAt: string,
  question: Question,
  generation: Generation,
  validation: Validation | null,
): ProcessingJob {
  return {
    request_id: requestId,
    conversation_id: question.conversation_id ?? null,
    user_input: question.user_input,
    outcome: generation.outcome,
    query: generation.query,
    intent: generation.intent,
    intent_confidence: generation.intent_confidence,
    engine: generation.engine,
    model: generation.model ?? null,
    validation,
    created_at: createdAt,
    attempt: 1,
  }
}

/** Nobody looked at the job. A queue that is full, or slow, may be so for longer than an answer should wait. */
const QUEUE_AWAY: ReadonlySet<ErrorCode> = new Set([
  'service-unavailable',
  'shutting-down',
  'connection-lost',
])

interface EnqueueOutcome {
  readonly messageId: string | null
  readonly warnings: readonly string[]
}

/**
 * Hands the rest of the work to the background, and with it what there is to tell: as domain events that are
 * published at once, or without them inside the job, to be recorded when that is stored. The message has the
 * request's id, so that sending it twice is one message and the request can be asked after by the one id the
 * client knows.
 */
async function enqueueProcessing(
  deps: GenerateQueryDeps,
  job: ProcessingJob,
  events: readonly MeshEvent[],
  comesAgain: boolean,
): Promise<EnqueueOutcome> {
  const sent = deps.config.EVENTS ? { payload: job, events } : { payload: { ...job, events } }
  try {
    return await withSpan(SPANS.ENQUEUE_PROCESSING, {}, async (span) => {
      const body = { queue: PROCESSING_QUEUE, message_id: job.request_id, ...sent }
      const isNew = ({ duplicate }: Enqueued) => !duplicate
      const enqueued = await handOver({ queue: PROCESSING_QUEUE, payload: job, isNew }, () =>
        deps.downstream.queue.post('/enqueue', body, {
          schema: enqueuedSchema,
          timeoutMs: deps.config.ENQUEUE_TIMEOUT_MS,
          idempotent: true,
        }),
      )
      span.setAttribute(ATTR.MESSAGE_ID, enqueued.message_id)
      return { messageId: enqueued.message_id, warnings: warnOfEvents(deps, enqueued.events) }
    })
  } catch (error) {
    const { code, detail } = toAppError(error)
    // Work that is begun anew, after a crash or by a redelivery, may find the job of its first beginning.
    if (code === 'request-conflict') return { messageId: job.request_id, warnings: [] }
    if (comesAgain && QUEUE_AWAY.has(code)) throw error
    deps.logger.warn({ code, detail, request_id: job.request_id }, 'background work was not enqueued')
    deps.stats.increment('enqueue_failures')
    return {
      messageId: null,
      warnings: [warningOf(code, detail)],
    }
  }
}

/**
 * Nobody publishes them again, so each that was not taken is told to the log, the stats and the client. One whose id
 * is in use was told by the first beginning of the same work.
 */
function warnOfEvents({ logger, stats }: GenerateQueryDeps, outcomes: readonly EventOutcome[]): string[] {
  return outcomes.flatMap(({ event_id, error }) => {
    if (error === undefined || error.code === 'request-conflict') return []
    logger.warn({ event_id, code: error.code, detail: error.detail }, 'domain event was not published')
    stats.increment('events_not_published')
    return [`the answer is complete, but the event ${event_id} was not published: ${error.detail}`]
  })
}

/** What was not confirmed in time may have been taken all the same, so nothing else is claimed. */
function warningOf(code: ErrorCode, detail: string | undefined): string {
  const what =
    code === 'service-timeout'
      ? 'enqueueing its background analysis was not confirmed'
      : 'its background analysis was not enqueued'
  return `the answer is complete, but ${what}: ${detail ?? code}`
}

function countOutcome(stats: ServiceStats, generation: Generation, success: boolean): void {
  stats.increment('questions')
  stats.increment(`questions_${generation.outcome}`)
  stats.increment(`questions_by_${generation.engine}`)
  if (generation.outcome === 'query' && !success) stats.increment('questions_invalid')
}

function servicesCalled(validation: Validation | null, messageId: string | null): string[] {
  return [
    SERVICES.query.serviceName,
    ...(validation === null ? [] : [SERVICES.validation.serviceName]),
    ...(messageId === null ? [] : [SERVICES.queue.serviceName]),
  ]
}
