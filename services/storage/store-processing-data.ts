import type { ProcessingData, Stored } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { RequestStore } from './request-store'

export type StoreProcessingData = (data: ProcessingData) => Promise<Stored>

/**
 * Stores the result of a request, once: a job that is delivered twice finds its row there and changes
 * nothing, which is what makes at-least-once delivery harmless.
 */
export function createStoreProcessingData(deps: {
  requests: RequestStore
  stats: ServiceStats
}): StoreProcessingData {
  return (data) =>
    withSpan(
      SPANS.STORE_PROCESSING_DATA,
      { attributes: { [ATTR.REQUEST_ID]: data.request_id } },
      async (span) => {
        const stored = await deps.requests.insert(data, activeTraceId() ?? null)
        span.setAttribute(ATTR.STORED, stored)
        deps.stats.increment(stored ? 'rows_stored' : 'rows_duplicate')
        return { request_id: data.request_id, stored }
      },
    )
}
