import { z } from 'zod'
import { SERVICES } from '#shared/config'
import { toAppError } from '#shared/errors'
import { type HealthStatus, worstOf } from '#shared/monitoring'
import { DOWNSTREAM_KEYS, type Downstream, type DownstreamKey } from './downstream'

const healthSchema = z.object({ status: z.enum(['healthy', 'degraded', 'unhealthy']) })

export interface DownstreamHealth {
  readonly status: HealthStatus
  readonly latency_ms: number
  readonly detail?: string
}

export interface MeshHealth {
  /** As bad as the worst service; one the main path can do without makes it `degraded` at most. */
  readonly status: HealthStatus
  readonly downstream_services: Record<string, DownstreamHealth>
}

export type CheckDownstream = () => Promise<MeshHealth>

/** Without these no question can be answered. */
const NEEDED: readonly DownstreamKey[] = ['query', 'validation']

/** Asks every service for its health, all at once, each for at most `timeoutMs`. */
export function createCheckDownstream(downstream: Downstream, timeoutMs: number): CheckDownstream {
  return async () => {
    const reports = await Promise.all(DOWNSTREAM_KEYS.map((key) => healthOf(downstream, key, timeoutMs)))
    const statuses = DOWNSTREAM_KEYS.map((key, index) => {
      const status = reports[index]?.status ?? 'unhealthy'
      return status === 'unhealthy' && !NEEDED.includes(key) ? 'degraded' : status
    })
    return {
      status: worstOf(statuses),
      downstream_services: Object.fromEntries(
        DOWNSTREAM_KEYS.map((key, index) => [SERVICES[key].serviceName, reports[index] as DownstreamHealth]),
      ),
    }
  }
}

async function healthOf(
  downstream: Downstream,
  key: DownstreamKey,
  timeoutMs: number,
): Promise<DownstreamHealth> {
  const startedAt = performance.now()
  const latency = () => Math.round((performance.now() - startedAt) * 10) / 10
  try {
    const { status } = await downstream[key].get('/health', { schema: healthSchema, timeoutMs })
    return { status, latency_ms: latency() }
  } catch (error) {
    const { code, detail } = toAppError(error)
    return { status: 'unhealthy', latency_ms: latency(), detail: detail ?? code }
  }
}
