import { z } from 'zod'
import { SERVICES } from '#shared/config'
import { toAppError } from '#shared/errors'
import { SPANS, withSpan } from '#shared/telemetry'
import { DOWNSTREAM_KEYS, type Downstream, type DownstreamKey } from './downstream'

const serviceStatsSchema = z.record(z.string(), z.unknown())

export type CollectStats = () => Promise<Record<string, Record<string, unknown>>>

/** The stats of every service behind the gateway by `service.name`; one that fails is said so in its place. */
export function createCollectStats(downstream: Downstream): CollectStats {
  return () =>
    withSpan(SPANS.COLLECT_STATS, {}, async () => {
      const stats = await Promise.all(DOWNSTREAM_KEYS.map((key) => statsOf(downstream, key)))
      return Object.fromEntries(
        DOWNSTREAM_KEYS.map((key, index) => [SERVICES[key].serviceName, stats[index] ?? {}]),
      )
    })
}

async function statsOf(downstream: Downstream, key: DownstreamKey): Promise<Record<string, unknown>> {
  try {
    return await downstream[key].get('/stats', { schema: serviceStatsSchema })
  } catch (error) {
    const { code, detail } = toAppError(error)
    return { error: detail ?? code }
  }
}
