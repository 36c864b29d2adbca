import { PROCESSING_QUEUE, processingJobSchema } from '#shared/contracts'
import { createServiceClient } from '#shared/http'
import {
  createMeshTopology,
  createMessageBus,
  createRouteEvent,
  openDriver,
  queueUrlOf,
} from '#shared/messaging'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { SPANS } from '#shared/telemetry'
import { checkQueues } from './check-queues'
import type { Config } from './config'
import { createEnqueueMessage, type Intake } from './enqueue-message'
import { createProcessBackgroundMessage } from './process-background-message'
import { createPublishEach } from './publish-each'
import { createPublishEvents } from './publish-events'
import { createReadMessageStatus } from './read-message-status'
import { createReadQueues } from './read-queues'
import { queueRoutes } from './routes'

export async function createApp({ config, logger, stats }: ServiceDeps<Config>): Promise<ServiceApp> {
  const processing = createServiceClient('processing', { config, timeoutMs: config.PROCESSING_TIMEOUT_MS })
  const driver = await openDriver(queueUrlOf(config), {
    dataDir: config.DATA_DIR,
    topology: createMeshTopology(config),
    queueLengthMax: config.QUEUE_LENGTH_MAX,
    batchMax: config.DATABASE_BATCH_MAX,
    retention: { ageMs: config.QUEUE_RETENTION_MS, countMax: config.QUEUE_RETENTION_MESSAGES_MAX },
  })
  const bus = createMessageBus({
    driver,
    retryDelaysMs: config.RETRY_DELAYS_MS,
    leaseMs: config.QUEUE_LEASE_MS,
    pauses: { firstMs: config.WORKER_PAUSE_MS, maxMs: config.WORKER_PAUSE_MAX_MS },
    spanNames: {
      [PROCESSING_QUEUE]: { send: SPANS.ADD_TO_QUEUE, process: SPANS.PROCESS_BACKGROUND_MESSAGE },
    },
    logger,
  })
  const readQueues = createReadQueues(bus)
  const intake: Intake = { failure: undefined }
  const route = config.EVENTS ? createRouteEvent(config) : () => undefined
  const publishEach = createPublishEach({ bus, route, stats, logger })

  return {
    routes: queueRoutes(
      {
        enqueueMessage: createEnqueueMessage({ bus, stats, intake, publishEach }),
        publishEvents: createPublishEvents(publishEach),
        readMessageStatus: createReadMessageStatus(bus),
        readQueues,
      },
      { eventsBatchMax: config.EVENTS_BATCH_MAX },
    ),
    healthChecks: [
      { name: 'queues', check: async () => checkQueues(await readQueues(), config.QUEUE_LENGTH_MAX, intake) },
    ],
    stats: async () => ({ queues: await readQueues() }),
    async start() {
      await bus.subscribe({
        queue: PROCESSING_QUEUE,
        schema: processingJobSchema,
        prefetch: config.WORKER_CONCURRENCY,
        handler: createProcessBackgroundMessage({ processing, stats, logger }),
      })
    },
    async stop(timeoutMs) {
      await bus.close(timeoutMs)
      processing.close()
    },
  }
}
