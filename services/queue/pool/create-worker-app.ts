import { Router } from 'express'
import { WORKER } from '#shared/config'
import { CHAT_REQUESTS_QUEUE } from '#shared/contracts'
import { createServiceClient } from '#shared/http'
import { type ConsumerState, type MessageBus, openSharedDriver } from '#shared/messaging'
import type { HealthReport } from '#shared/monitoring'
import { reportPathways } from '#shared/pathways'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { createPool, createPoolBus, type PoolQueue } from './create-pool'
import type { WorkerConfig } from './worker-config'

const REPORT_TIMEOUT_MS = 1_000

/** What a worker is asked to do, as its command line says. */
export interface WorkerTask {
  readonly queues: readonly PoolQueue[]
  /** Consumers of each queue. */
  readonly workers: number
  /** Messages that each of them holds. */
  readonly prefetch: number
  /** Messages of each queue that are handled at the same time; as many as are held, unless told otherwise. */
  readonly concurrency: number | undefined
}

/**
 * A worker in a process of its own: it takes messages from the broker, or from the queue service over HTTP, and does
 * with them what the queue service's own pool does. It needs nobody to be there when it starts.
 */
export async function createWorkerApp(
  task: WorkerTask,
  { config, logger, stats }: ServiceDeps<WorkerConfig>,
): Promise<ServiceApp> {
  const driver = await openSharedDriver({ config, connectionName: WORKER.serviceName, logger })
  const bus = createPoolBus({ driver, config, logger })
  const pool = createPool({ bus, config, stats, logger })
  const queueService = createServiceClient('queue', { config, timeoutMs: REPORT_TIMEOUT_MS })
  // Nobody knows where a worker is, so nobody could ask it.
  const pathways = reportPathways(queueService, {
    intervalMs: config.PATHWAY_REPORT_MS,
    onError: (error) => logger.debug({ err: error }, 'pathways could not be reported'),
  })
  return {
    routes: Router(),
    healthChecks: [{ name: 'queues', check: () => checkWorker(bus) }],
    stats: () => ({ consumers: bus.consumers().map(toConsumerReport) }),
    async start() {
      const { workers, prefetch } = task
      for (const queue of task.queues) {
        const concurrency = concurrencyOf(queue, task, config)
        await pool.subscribe(queue, { consumers: workers, prefetch, concurrency })
        logger.info({ queue, workers, prefetch, concurrency, system: driver.system }, 'worker takes messages')
      }
    },
    async stop(timeoutMs) {
      const held = bus.consumers().reduce((sum, consumer) => sum + consumer.held, 0)
      await bus.close(timeoutMs)
      logger.info({ held }, 'worker has finished or given back what it held')
      await pathways.stop()
      queueService.close()
      pool.close()
    },
  }
}

/** A model's API is protected in every process alike, however many consumers it has. */
export function concurrencyOf(
  queue: PoolQueue,
  { workers, prefetch, concurrency = workers * prefetch }: WorkerTask,
  { CHAT_CONCURRENCY }: Pick<WorkerConfig, 'CHAT_CONCURRENCY'>,
): number {
  return queue === CHAT_REQUESTS_QUEUE ? Math.min(concurrency, CHAT_CONCURRENCY) : concurrency
}

function checkWorker(bus: MessageBus): HealthReport {
  const connection = bus.connection()
  if (connection.state !== 'connected') {
    return { status: 'degraded', detail: `takes no messages: ${connection.detail}` }
  }
  const paused = bus.consumers().filter(({ circuit }) => circuit !== 'closed')
  if (paused.length === 0) return { status: 'healthy' }
  const details = paused.map(({ queue, reason }) => `${queue}: ${reason}`)
  return { status: 'degraded', detail: `paused: ${[...new Set(details)].join('; ')}` }
}

function toConsumerReport({ queue, held, circuit, pausedUntil, reason }: ConsumerState) {
  return {
    queue,
    held,
    circuit,
    paused_until: pausedUntil === undefined ? null : new Date(pausedUntil).toISOString(),
    reason: reason ?? null,
  }
}
