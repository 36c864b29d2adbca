import type { ProcessingJob } from '#shared/contracts'

/** The smallest job there is: a question that got no query. */
export function aJob(requestId: string): Omit<ProcessingJob, 'attempt'> {
  return {
    request_id: requestId,
    conversation_id: null,
    user_input: 'tell me a joke',
    outcome: 'refused',
    query: null,
    intent: 'unknown',
    intent_confidence: 0,
    engine: 'embedded',
    model: null,
    validation: null,
    created_at: '2025-03-12T10:20:00.000Z',
  }
}
