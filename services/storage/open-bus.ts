import { SERVICES } from '#shared/config'
import { CHAT_RESPONSES_QUEUE, EVENTS_ANALYTICS_QUEUE, EVENTS_STORAGE_QUEUE } from '#shared/contracts'
import { createMessageBus, type MessageBus, openSharedDriver } from '#shared/messaging'
import type { HealthReport } from '#shared/monitoring'
import { type Logger, SPANS } from '#shared/telemetry'
import type { Config } from './config'

/** The bus that storage consumes from: the broker's, or the queue service's over HTTP. */
export async function openBus(config: Config, logger: Logger): Promise<MessageBus> {
  return createMessageBus({
    driver: await openSharedDriver({ config, connectionName: SERVICES.storage.serviceName, logger }),
    retryDelaysMs: config.RETRY_DELAYS_MS,
    retryJitter: config.RETRY_JITTER,
    leaseMs: config.QUEUE_LEASE_MS,
    pauses: { firstMs: config.WORKER_PAUSE_MS, maxMs: config.WORKER_PAUSE_MAX_MS },
    spanNames: {
      [EVENTS_STORAGE_QUEUE]: { process: SPANS.RECORD_EVENT },
      [EVENTS_ANALYTICS_QUEUE]: { process: SPANS.AGGREGATE_EVENT },
      [CHAT_RESPONSES_QUEUE]: { process: SPANS.STORE_CHAT_RESPONSE },
    },
    logger,
  })
}

/** How long nothing may be had from the queue, as at a start and during a restart, before it is worth a word. */
const AWAY_MAX_MS = 10_000

/**
 * Messages wait where they are when nothing can be had from there, so storage is degraded at most, and only when it
 * has been seen like that for a while.
 */
export function createCheckBus(
  bus: Pick<MessageBus, 'connection'>,
  now: () => number = () => performance.now(),
): () => HealthReport {
  let awaySince: number | undefined
  return () => {
    const connection = bus.connection()
    if (connection.state === 'connected') {
      awaySince = undefined
      return { status: 'healthy' }
    }
    awaySince ??= now()
    const status = now() - awaySince >= AWAY_MAX_MS ? 'degraded' : 'healthy'
    return { status, detail: `takes no messages: ${connection.detail}` }
  }
}
