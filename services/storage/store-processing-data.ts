import type { DataStored, ProcessingData } from '#shared/contracts'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, activeTraceId, SPANS, withSpan } from '#shared/telemetry'
import type { ChangeSignal } from './change-signal'
import type { RecordDirectly } from './events/record-directly'
import type { RequestStore } from './request-store'

export type StoreProcessingData = (data: ProcessingData) => Promise<DataStored>

/**
 * Stores the result of a request, once: a job that is delivered twice finds its row there and changes
 * nothing, which is what makes at-least-once delivery harmless. Domain events that come with it are recorded in
 * the same transaction.
 */
export function createStoreProcessingData(deps: {
  requests: RequestStore
  recordDirectly: RecordDirectly
  changes: ChangeSignal
  stats: ServiceStats
}): StoreProcessingData {
  return (data) =>
    withSpan(
      SPANS.STORE_PROCESSING_DATA,
      { attributes: { [ATTR.REQUEST_ID]: data.request_id } },
      async (span) => {
        const traceId = activeTraceId() ?? null
        const stored = await deps.requests.insert(data, traceId, () =>
          deps.recordDirectly(data.events ?? [], traceId),
        )
        deps.changes.changed(data.request_id)
        span.setAttribute(ATTR.STORED, stored.stored)
        deps.stats.increment(stored.stored ? 'rows_stored' : 'rows_duplicate')
        return stored
      },
    )
}
