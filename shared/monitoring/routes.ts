import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Router } from 'express'
import type { PathwayReport } from '#shared/contracts'
import { processPathways } from '#shared/pathways'
import { failingExporters, telemetryRuntime } from '#shared/telemetry'
import { type HealthCheck, runHealthChecks } from './health'
import type { ServiceStats } from './service-stats'

export interface MonitoringOptions {
  readonly service: string
  readonly version: string
  readonly checks: readonly HealthCheck[]
  readonly stats: ServiceStats
  /** What the service adds to its `stats`. */
  readonly serviceStats: () => Promise<Record<string, unknown>> | Record<string, unknown>
  /** What the service can tell of pathways beside what its own process has seen. */
  readonly pathways: () => Promise<PathwayReport>
  readonly healthTimeoutMs: number
  readonly eventLoopDelayMaxMs: number
  /** False before the service has started and from the moment it begins to shut down. */
  readonly isReady: () => boolean
}

const NANOSECONDS_PER_MS = 1e6

/** The endpoints every service has: `/health` and what is below it, `/stats`, `/metrics`, `/pathways`. */
export function monitoringRoutes(options: MonitoringOptions): Router {
  const router = Router()
  const checks = [...options.checks, ...createProcessChecks(options.eventLoopDelayMaxMs)]
  const startedAt = Date.now()

  const statsNow = async () => ({ ...options.stats.snapshot(), ...(await options.serviceStats()) })

  router.get('/health', async (_request, response) => {
    const { status, checks: reports } = await runHealthChecks(checks, options.healthTimeoutMs)
    response.status(status === 'unhealthy' ? 503 : 200).json({
      status,
      service: options.service,
      version: options.version,
      uptime_s: (Date.now() - startedAt) / 1_000,
      checks: reports,
      stats: await statsNow(),
      timestamp: new Date().toISOString(),
    })
  })
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'healthy', service: options.service })
  })
  router.get('/health/ready', (_request, response) => {
    const ready = options.isReady()
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'healthy' : 'unhealthy', service: options.service })
  })
  router.get('/stats', async (_request, response) => {
    response.json({
      service: options.service,
      version: options.version,
      uptime_s: (Date.now() - startedAt) / 1_000,
      ...(await statsNow()),
      timestamp: new Date().toISOString(),
    })
  })
  router.get('/pathways', async (_request, response) => {
    const { snapshots, queues } = await options.pathways()
    response.json({ snapshots: [processPathways().snapshot(), ...snapshots], queues })
  })
  router.get('/metrics', (request, response) => {
    const runtime = telemetryRuntime()
    if (runtime === undefined) response.type('text/plain').send('# started without telemetry\n')
    else runtime.handleMetrics(request, response)
  })
  return router
}

/** The checks that every process has, whatever it does. */
export function createProcessChecks(eventLoopDelayMaxMs: number): HealthCheck[] {
  return [eventLoopCheck(eventLoopDelayMaxMs), telemetryCheck()]
}

/** A process whose event loop is blocked answers everything late, whatever its other checks say. */
function eventLoopCheck(delayMaxMs: number): HealthCheck {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  return {
    name: 'event_loop',
    check() {
      const p99Ms = delay.count === 0 ? 0 : delay.percentile(99) / NANOSECONDS_PER_MS
      delay.reset()
      const detail = `p99 delay ${p99Ms.toFixed(1)} ms since the last check`
      return { status: p99Ms > delayMaxMs ? 'degraded' : 'healthy', detail }
    },
  }
}

/** Lost telemetry never makes a service unfit for work, so this check is never worse than healthy. */
function telemetryCheck(): HealthCheck {
  return {
    name: 'telemetry',
    check() {
      if (telemetryRuntime() === undefined) return { status: 'healthy', detail: 'not loaded' }
      const failing = failingExporters()
      if (failing.length === 0) return { status: 'healthy' }
      return {
        status: 'healthy',
        detail: failing.map(({ signal, exporter }) => `${signal} are not reaching ${exporter}`).join(', '),
      }
    },
  }
}
