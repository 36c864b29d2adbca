import path from 'node:path'
import { textLimits } from '#shared/config'
import { eventsPublishedSchema } from '#shared/contracts'
import { createServiceClient } from '#shared/http'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import { createReadAnalytics } from './analytics'
import type { Config } from './config'
import { createEvents } from './events/create-events'
import { createFeedbackStore } from './feedback-store'
import { createInbox } from './inbox'
import { migrations } from './migrations'
import { createRequestStore } from './request-store'
import { storageRoutes } from './routes'
import { createStoreFeedback } from './store-feedback'
import { createStoreProcessingData } from './store-processing-data'

export function createApp({ config, logger, stats, shutdown }: ServiceDeps<Config>): ServiceApp {
  const database = openDatabase({ path: path.join(config.DATA_DIR, 'storage.db'), migrations })
  const group = new GroupCommit(database, { batchMax: config.DATABASE_BATCH_MAX })
  const requests = createRequestStore(database, group)
  const feedback = createFeedbackStore(database, group)
  const queue = createServiceClient('queue', { config, timeoutMs: config.SERVICE_TIMEOUT_MS, shutdown })
  const events = createEvents({
    config,
    database,
    group,
    inbox: createInbox(database, { retentionMs: config.INBOX_RETENTION_MS }),
    publish: (event) => queue.post('/events', event, { schema: eventsPublishedSchema, idempotent: true }),
    stats,
    logger,
  })
  return {
    routes: storageRoutes(
      {
        storeProcessingData: createStoreProcessingData({
          requests,
          recordDirectly: events.recordDirectly,
          stats,
        }),
        storeFeedback: createStoreFeedback({
          feedback,
          requests,
          stats,
          tell: events.tell,
          told: events.told,
        }),
        readAnalytics: createReadAnalytics(database, events.readAnalytics),
        history: events.history,
        requests,
      },
      { ...textLimits(config), pageMax: config.HISTORY_PAGE_MAX },
    ),
    healthChecks: [
      {
        name: 'database',
        check: () =>
          group.failure === undefined
            ? { status: 'healthy', detail: `${requests.count()} requests in ${database.namespace}` }
            : { status: 'degraded', detail: `cannot write: ${group.failure.message}` },
      },
    ],
    stats: () => ({
      requests_stored: requests.count(),
      feedback: feedback.summarise(),
      event_outbox: events.outboxCounts(),
    }),
    start: () => events.start(),
    async stop() {
      await events.stop()
      queue.close()
      await group.close()
      database.close()
    },
  }
}
