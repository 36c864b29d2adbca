import { SERVICES } from '#shared/config'
import { createMeshEvent, type Insights, type MeshEvent, type ProcessingJob } from '#shared/contracts'

/** The domain event of a question that was stored, made of nothing but what is stored of it. */
export function toProcessedEvent(
  job: ProcessingJob,
  insights: Insights,
  stored: { readonly processedAt: string; readonly attempts: number },
): MeshEvent<'query.processed'> {
  const { processedAt, attempts } = stored
  return createMeshEvent('query.processed', {
    service: SERVICES.processing.serviceName,
    subjectId: job.request_id,
    occurredAt: processedAt,
    requestId: job.request_id,
    conversationId: job.conversation_id,
    data: {
      outcome: job.outcome,
      intent: job.intent,
      engine: job.engine,
      is_valid: job.validation?.is_valid ?? null,
      complexity_level: insights.complexity?.level ?? null,
      fingerprint_hash: insights.profile?.fingerprint_hash ?? null,
      insight_count: insights.insights.length,
      attempts,
      // Two wall clocks, possibly of two machines.
      duration_ms: Math.max(0, Date.parse(processedAt) - Date.parse(job.created_at)),
    },
  })
}
