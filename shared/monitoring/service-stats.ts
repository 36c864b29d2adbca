import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { RequestHandler } from 'express'

/** Milliseconds since start, from a histogram with three significant digits. */
export interface LatencySummary {
  readonly count: number
  readonly mean_ms: number
  readonly p50_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
  readonly max_ms: number
}

/** Real counters and latencies of one process since it started. */
export interface ServiceStats {
  increment(counter: string, by?: number): void
  /** Records one duration under a name. */
  record(name: string, durationMs: number): void
  snapshot(): { counters: Record<string, number>; latency: Record<string, LatencySummary> }
}

const NANOSECONDS_PER_MS = 1e6

export function createServiceStats(): ServiceStats {
  const counters = new Map<string, number>()
  const histograms = new Map<string, RecordableHistogram>()

  return {
    increment(counter, by = 1) {
      counters.set(counter, (counters.get(counter) ?? 0) + by)
    },
    record(name, durationMs) {
      const histogram = histograms.get(name) ?? createHistogram()
      histograms.set(name, histogram)
      histogram.record(Math.max(1, Math.round(durationMs * NANOSECONDS_PER_MS)))
    },
    snapshot: () => ({
      counters: Object.fromEntries(counters),
      latency: Object.fromEntries([...histograms].map(([name, histogram]) => [name, summarise(histogram)])),
    }),
  }
}

function summarise(histogram: RecordableHistogram): LatencySummary {
  return {
    count: histogram.count,
    mean_ms: toMs(histogram.mean),
    p50_ms: toMs(histogram.percentile(50)),
    p95_ms: toMs(histogram.percentile(95)),
    p99_ms: toMs(histogram.percentile(99)),
    max_ms: toMs(histogram.max),
  }
}

function toMs(nanoseconds: number): number {
  return Math.round(nanoseconds / 1_000) / 1_000
}

/**
 * Counts requests and their latency by route. Requests that match no route share one name, so that a caller
 * who makes paths up cannot make the table grow.
 */
export function countRequests(stats: ServiceStats): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now()
    response.once('close', () => {
      const route =
        typeof request.route?.path === 'string' ? `${request.method} ${request.route.path}` : 'unmatched'
      stats.increment('requests')
      stats.increment(`responses_${Math.floor(response.statusCode / 100)}xx`)
      if (!response.writableFinished) stats.increment('responses_aborted')
      stats.record(route, performance.now() - startedAt)
    })
    next()
  }
}
