import { parse, type Query } from '#dataprime'
import { type Insights, type ProcessingJob, type Stored, storedSchema } from '#shared/contracts'
import type { HttpClient } from '#shared/http'
import type { ServiceStats } from '#shared/monitoring'
import { ATTR, SPANS, withSpan, withSpanSync } from '#shared/telemetry'
import { analyzeComplexity } from './analyze-complexity'
import { generateInsights } from './generate-insights'
import { toQueryProfile } from './to-query-profile'

export type ProcessQueryData = (job: ProcessingJob) => Promise<Stored>

/**
 * Analyses the query of an answered question from its syntax tree and stores the result. A question that got
 * no query is stored as well: what was refused is part of the history.
 */
export function createProcessQueryData(deps: { storage: HttpClient; stats: ServiceStats }): ProcessQueryData {
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
        const stored = await storeInsights(deps.storage, job, insights)
        deps.stats.increment(stored.stored ? 'jobs_stored' : 'jobs_duplicate')
        return stored
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

function storeInsights(storage: HttpClient, job: ProcessingJob, insights: Insights): Promise<Stored> {
  return withSpan(SPANS.STORE_INSIGHTS, {}, async (span) => {
    const stored = await storage.post(
      '/processing-data',
      { ...job, insights, processed_at: new Date().toISOString() },
      { schema: storedSchema, idempotent: true },
    )
    span.setAttribute(ATTR.STORED, stored.stored)
    return stored
  })
}
