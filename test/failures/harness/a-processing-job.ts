import type { ProcessingJob } from '#shared/contracts'

/** A question that was answered with a query, so that processing has one to analyse. */
export function aProcessingJob(
  requestId: string,
  changes: Partial<ProcessingJob> = {},
): Omit<ProcessingJob, 'attempt'> {
  return {
    request_id: requestId,
    conversation_id: null,
    user_input: 'errors of the last hour by service',
    outcome: 'query',
    query:
      'source logs last 1h | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors',
    intent: 'unknown',
    intent_confidence: 0.5,
    engine: 'embedded',
    model: null,
    validation: null,
    created_at: '2025-03-12T10:20:00.000Z',
    ...changes,
  }
}
