import { isLoopback } from '#shared/config'
import { CHAT_REQUESTS_QUEUE, PROCESSING_QUEUE } from '#shared/contracts'
import { createAnswerOnce, type OpenIdempotencyStore, openIdempotencyStore } from '#shared/idempotency'
import { createMeshTopology, createRouteEvent, LedgerDriver, systemClock } from '#shared/messaging'
import type { HealthReport } from '#shared/monitoring'
import { ReportedPathways } from '#shared/pathways'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import type { Logger } from '#shared/telemetry'
import { checkQueues } from './check-queues'
import type { Config } from './config'
import { createEnqueueMessage, type Intake } from './enqueue-message'
import { observeQueues } from './observe-queues'
import { openQueueDriver } from './open-queue-driver'
import { createPool, createPoolBus } from './pool/create-pool'
import { createPublishEach } from './publish-each'
import { createPublishEvents } from './publish-events'
import { createPurgeQueue } from './purge-queue'
import { QueueRates } from './queue-rates'
import { createReadDeadLetters } from './read-dead-letters'
import { readLags } from './read-lags'
import { createReadMessageStatus } from './read-message-status'
import { createReadQueues } from './read-queues'
import { createReplayDeadLetters } from './replay-dead-letters'
import { queueRoutes } from './routes'
import { createWorkerApi } from './workers/create-worker-api'
import { createWorkerRegistry } from './workers/worker-registry'

export async function createApp({
  config,
  logger,
  stats,
  stopping,
}: ServiceDeps<Config>): Promise<ServiceApp> {
  const topology = createMeshTopology(config)
  const driver = await openQueueDriver(config, { topology, logger })
  const keys = openIdempotencyStore({ dataDir: config.DATA_DIR, owner: 'queue', config, isOnlyHolder: true })
  const rates = new QueueRates({
    clock: systemClock,
    topology,
    seesEveryDelivery: driver.system !== 'rabbitmq',
  })
  const bus = createPoolBus({ driver, config, observers: [rates], logger })
  const pool = createPool({ bus, config, stats, logger })
  const workers = createWorkerRegistry(systemClock)
  const workersOf = (queue: string) => workers.ofQueue(queue)
  const readQueues = createReadQueues({
    bus,
    topology,
    rates,
    workersOf,
    queueLengthMax: config.QUEUE_LENGTH_MAX,
  })
  const workerApi = createWorkerApi({
    driver,
    registry: workers,
    limits: {
      countMax: config.CLAIM_MESSAGES_MAX,
      bytesMax: config.CLAIM_BYTES_MAX,
      waitMaxMs: config.CLAIM_WAIT_MAX_MS,
      leaseMaxMs: config.CLAIM_LEASE_MAX_MS,
      waitingMax: config.CLAIMS_WAITING_MAX,
      stepsMax: config.WORKER_BATCH_MAX,
      pageMax: config.DEAD_LETTER_PAGE_MAX,
      replayMax: config.REPLAY_MESSAGES_MAX,
    },
    adminToken: config.ADMIN_TOKEN,
    assertKnown: readQueues.assertKnown,
    rates,
    logger,
    stopping,
  })
  warnOfOpenOperations(config, logger)
  observeQueues(readQueues)
  const reports = new ReportedPathways({
    instancesMax: config.PATHWAY_REPORTS_MAX,
    keptMs: config.PATHWAY_REPORT_KEPT_MS,
  })
  const intake: Intake = { failure: undefined }
  const route = config.EVENTS ? createRouteEvent(config) : () => undefined
  const publishEach = createPublishEach({ bus, route, stats, logger })

  return {
    routes: queueRoutes(
      {
        answerOnce: createAnswerOnce({ store: keys, logger }),
        driver: driver.system,
        enqueueMessage: createEnqueueMessage({ bus, stats, intake, publishEach }),
        publishEvents: createPublishEvents(publishEach),
        readMessageStatus: createReadMessageStatus(bus),
        takePathways: (snapshot) => reports.take(snapshot),
        readQueues,
        readDeadLetters: createReadDeadLetters({
          bus,
          readQueues,
          bodyBytesMax: config.DEAD_LETTER_BODY_BYTES_MAX,
        }),
        purgeQueue: createPurgeQueue({ bus, readQueues, stats, logger }),
        replayDeadLetters: createReplayDeadLetters({ bus, readQueues, stats, logger }),
        workerApi,
      },
      {
        eventsBatchMax: config.EVENTS_BATCH_MAX,
        pageMax: config.DEAD_LETTER_PAGE_MAX,
        replayMax: config.REPLAY_MESSAGES_MAX,
        adminToken: config.ADMIN_TOKEN,
      },
    ),
    healthChecks: [
      { name: 'queues', check: () => checkQueues({ bus, readQueues, workersOf, intake }) },
      ...(driver instanceof LedgerDriver ? [{ name: 'ledger', check: () => checkLedger(driver) }] : []),
      { name: 'idempotency', check: () => checkKeys(keys) },
    ],
    stats: async () => ({ queues: await readQueues.all().catch(() => null) }),
    pathways: async () => ({ snapshots: reports.current(), queues: await readLags(readQueues) }),
    async start() {
      if (config.WORKER_CONCURRENCY === 0) return
      await Promise.all(
        [
          [PROCESSING_QUEUE, config.WORKER_CONCURRENCY] as const,
          [CHAT_REQUESTS_QUEUE, config.CHAT_CONCURRENCY] as const,
        ].map(([queue, concurrency]) =>
          pool.subscribe(queue, { consumers: 1, prefetch: concurrency, concurrency }),
        ),
      )
    },
    // A job ends with an event, and a chat request with a job, both of which come back to this service.
    drain: (timeoutMs) => bus.drain(timeoutMs),
    async stop(timeoutMs) {
      await bus.close(timeoutMs)
      await keys.close()
      pool.close()
    },
  }
}

function checkKeys({ failure }: OpenIdempotencyStore): HealthReport {
  if (failure === undefined) return { status: 'healthy' }
  return { status: 'degraded', detail: `requests with an Idempotency-Key are refused: ${failure.message}` }
}

function checkLedger({ failure }: LedgerDriver): HealthReport {
  if (failure === undefined) return { status: 'healthy' }
  return { status: 'degraded', detail: `what becomes of messages cannot be remembered: ${failure.message}` }
}

/** On a network, whoever reaches the port may drop messages. */
function warnOfOpenOperations({ HOST, ADMIN_TOKEN }: Config, logger: Logger): void {
  if (ADMIN_TOKEN !== undefined || isLoopback(HOST)) return
  logger.warn({ host: HOST }, 'anybody who reaches this service may purge and replay queues; set ADMIN_TOKEN')
}
