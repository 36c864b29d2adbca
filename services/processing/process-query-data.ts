import { parse, type Query } from '#dataprime'
import {
  type DataStored,
  dataStoredSchema,
  type Insights,
  type MeshEvent,
  type ProcessingJob,
  type Stored,
} from '#shared/contracts'
import type { HttpClient } from '#shared/http'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpan, withSpanSync } from '#shared/telemetry'
import { analyzeComplexity } from './analyze-complexity'
import { generateInsights } from './generate-insights'
import type { PublishProcessed } from './publish-processed'
import { toProcessedEvent } from './to-processed-event'
import { toQueryProfile } from './to-query-profile'

export type ProcessQueryData = (job: ProcessingJob) => Promise<Stored>

export interface ProcessQueryDataDeps {
  readonly storage: HttpClient
  readonly stats: ServiceStats
  /** Undefined when no domain events are published: then they are stored with the result. */
  readonly publishProcessed: PublishProcessed | undefined
}

/**
 * Analyses the query of an answered question from its syntax tree, stores the result and tells of it. A question
 * that got no query is stored as well: what was refused is part of the history.
 *
 * Done when the domain event is safe, too. Should that fail, the job fails and comes again, finds its row and
 * tells of it: so the event is lost in no crash, and it is one event however often it is told.
 */
export function createProcessQueryData(deps: ProcessQueryDataDeps): ProcessQueryData {
  return (job) =>
    withSpan(
      SPANS.PROCESS_QUERY_DATA,
      { attributes: { [ATTR.REQUEST_ID]: job.request_id } },
      async (span) => {
        const startedAt = performance.now()
        const insights = analyse(job)
        span.setAttributes({
          ...(insights.complexity !== null && { [ATTR.COMPLEXITY_LEVEL]: insights.complexity.level }),
          [ATTR.INSIGHT_COUNT]: insights.insights.length,
          [ATTR.PROCESSING_TIME_MS]: performance.now() - startedAt,
        })
        const { stored, event } = await storeInsights(deps, job, insights)
        deps.stats.increment(stored.stored ? 'jobs_stored' : 'jobs_duplicate')
        await deps.publishProcessed?.(event)
        return { request_id: stored.request_id, stored: stored.stored }
      },
    )
}

function analyse(job: ProcessingJob): Insights {
  if (job.query === null) return { complexity: null, insights: [], profile: null }
  const { query } = parse(job.query)
  return {
    complexity: traceComplexity(query),
    insights: traceInsights(query),
    profile: traceProfile(query),
  }
}

function traceComplexity(query: Query) {
  return withSpanSync(SPANS.ANALYZE_COMPLEXITY, {}, (span) => {
    const complexity = analyzeComplexity(query)
    span.setAttributes({
      [ATTR.COMPLEXITY_LEVEL]: complexity.level,
      [ATTR.COMPLEXITY_SCORE]: complexity.score,
    })
    return complexity
  })
}

function traceInsights(query: Query) {
  return withSpanSync(SPANS.GENERATE_INSIGHTS, {}, (span) => {
    const insights = generateInsights(query)
    span.setAttribute(ATTR.INSIGHT_COUNT, insights.length)
    return insights
  })
}

function traceProfile(query: Query) {
  return withSpanSync(SPANS.TRANSFORM_DATA, {}, (span) => {
    const profile = toQueryProfile(query)
    span.setAttribute(ATTR.QUERY_FINGERPRINT, profile.fingerprint_hash)
    return profile
  })
}

interface StoredInsights {
  readonly stored: DataStored
  readonly event: MeshEvent
}

/** The event tells what the row says, which an earlier delivery may have stored: it is the same each time. */
function storeInsights(
  { storage, publishProcessed }: ProcessQueryDataDeps,
  job: ProcessingJob,
  insights: Insights,
): Promise<StoredInsights> {
  return withSpan(SPANS.STORE_INSIGHTS, {}, async (span) => {
    const processedAt = new Date().toISOString()
    const events = [
      ...(job.events ?? []),
      ...(publishProcessed === undefined
        ? [toProcessedEvent(job, insights, { processedAt, attempts: job.attempt })]
        : []),
    ]
    const stored = await storage.post(
      '/processing-data',
      { ...job, insights, processed_at: processedAt, events },
      { schema: dataStoredSchema, idempotent: true },
    )
    span.setAttribute(ATTR.STORED, stored.stored)
    const { processed_at, attempts } = stored
    return { stored, event: toProcessedEvent(job, insights, { processedAt: processed_at, attempts }) }
  })
}
