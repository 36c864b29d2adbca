import { createMeshEvent, type MeshEvent, type MeshEventType } from '#shared/contracts'

interface EventOptions {
  readonly requestId?: string
  readonly occurredAt?: string
  readonly isValid?: boolean
  readonly durationMs?: number
  readonly rating?: number
}

/** An event of the mesh about a question on errors, answered by the embedded engine. */
export function aMeshEvent(type: MeshEventType, options: EventOptions = {}): MeshEvent {
  const {
    requestId = 'r-1',
    occurredAt = '2025-03-12T10:20:00.000Z',
    isValid = true,
    durationMs = 1.5,
  } = options
  const about = { subjectId: requestId, requestId, occurredAt, conversationId: 'c-1' }
  const asked = { intent: 'error_analysis', engine: 'embedded' } as const
  switch (type) {
    case 'query.generated':
      return createMeshEvent(type, {
        ...about,
        service: 'api_gateway',
        data: {
          ...asked,
          user_input: 'errors by service',
          outcome: 'query',
          query: 'source logs',
          intent_confidence: 0.9,
          model: null,
          usage: { input_tokens: 30, output_tokens: 12, total_tokens: 42 },
          attempts: 1,
          duration_ms: durationMs,
        },
      })
    case 'query.validated':
      return createMeshEvent(type, {
        ...about,
        service: 'api_gateway',
        data: {
          ...asked,
          query: 'source logs',
          is_valid: isValid,
          error_count: 0,
          warning_count: 0,
          syntax_score: 1,
          complexity_score: 0.1,
          repaired: false,
          duration_ms: durationMs,
        },
      })
    case 'query.processed':
      return createMeshEvent(type, {
        ...about,
        service: 'processing_service',
        data: {
          ...asked,
          outcome: 'query',
          is_valid: isValid,
          complexity_level: 'low',
          fingerprint_hash: null,
          insight_count: 2,
          attempts: 1,
          duration_ms: durationMs,
        },
      })
    case 'feedback.submitted':
      return createMeshEvent(type, {
        ...about,
        service: 'storage_service',
        data: {
          ...asked,
          feedback_id: requestId,
          rating: options.rating ?? 5,
          feedback_type: null,
          category: null,
          has_comment: false,
          has_corrected_query: false,
        },
      })
  }
}

/** What happens to one question from its generation to its storage. */
export function eventsOfQuestion(options: EventOptions = {}): MeshEvent[] {
  return (['query.generated', 'query.validated', 'query.processed'] as const).map((type) =>
    aMeshEvent(type, options),
  )
}
