import { SERVICES } from '#shared/config'
import {
  createMeshEvent,
  type Generation,
  type MeshEvent,
  type Question,
  type Validation,
} from '#shared/contracts'
import type { Timed } from '#shared/timing'

/** What happened to a question until it was answered. */
export interface AnsweredQuestion {
  readonly requestId: string
  readonly question: Question
  /** As the query service gave it. */
  readonly generated: Timed<Generation>
  /** Of the query that is answered, which may be another; null when there was none. */
  readonly validated: Timed<Validation> | null
  /** The generation as it is answered. */
  readonly answered: Generation
}

const SERVICE = SERVICES.gateway.serviceName

/** The domain events that tell it: `query.generated` and, when there was a query, `query.validated`. */
export function toQueryEvents(asked: AnsweredQuestion): MeshEvent[] {
  const { requestId, question, generated, validated, answered } = asked
  const about = {
    service: SERVICE,
    subjectId: requestId,
    requestId,
    conversationId: question.conversation_id ?? null,
  }
  const { result: generation } = generated
  const generatedEvent = createMeshEvent('query.generated', {
    ...about,
    occurredAt: generated.endedAt,
    data: {
      user_input: question.user_input,
      outcome: generation.outcome,
      query: generation.query,
      intent: generation.intent,
      intent_confidence: generation.intent_confidence,
      engine: generation.engine,
      model: generation.model ?? null,
      usage: generation.usage ?? null,
      attempts: generation.attempts,
      duration_ms: generated.durationMs,
    },
  })
  if (validated === null || answered.query === null) return [generatedEvent]

  const { result: validation } = validated
  const validatedEvent = createMeshEvent('query.validated', {
    ...about,
    occurredAt: validated.endedAt,
    data: {
      query: answered.query,
      intent: generation.intent,
      engine: generation.engine,
      is_valid: validation.is_valid,
      error_count: validation.errors.length,
      warning_count: validation.warnings.length,
      syntax_score: validation.syntax_score,
      complexity_score: validation.complexity_score,
      repaired: answered.query !== generation.query,
      duration_ms: validated.durationMs,
    },
  })
  return [generatedEvent, validatedEvent]
}
