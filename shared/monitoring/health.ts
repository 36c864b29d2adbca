import { within } from '#shared/timing'

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

export interface HealthReport {
  readonly status: HealthStatus
  readonly detail?: string
}

export interface HealthCheck {
  readonly name: string
  /** A check that never answers counts as unhealthy after the health timeout. */
  check(): Promise<HealthReport> | HealthReport
}

export interface HealthSummary {
  readonly status: HealthStatus
  readonly checks: Record<string, HealthReport>
}

const SEVERITY: Record<HealthStatus, number> = { healthy: 0, degraded: 1, unhealthy: 2 }

export function worstOf(statuses: readonly HealthStatus[]): HealthStatus {
  return statuses.reduce((worst, status) => (SEVERITY[status] > SEVERITY[worst] ? status : worst), 'healthy')
}

/** Runs all checks at once, each bounded; the summary is as bad as the worst of them. */
export async function runHealthChecks(
  checks: readonly HealthCheck[],
  timeoutMs: number,
): Promise<HealthSummary> {
  const reports = await Promise.all(checks.map((check) => runBounded(check, timeoutMs)))
  return {
    status: worstOf(reports.map((report) => report.status)),
    checks: Object.fromEntries(checks.map((check, index) => [check.name, reports[index] as HealthReport])),
  }
}

async function runBounded(health: HealthCheck, timeoutMs: number): Promise<HealthReport> {
  const tooLate: HealthReport = { status: 'unhealthy', detail: `no answer within ${timeoutMs} ms` }
  try {
    return await within(timeoutMs, Promise.resolve(health.check()), tooLate)
  } catch (error) {
    return { status: 'unhealthy', detail: error instanceof Error ? error.message : String(error) }
  }
}
