import path from 'node:path'
import { textLimits } from '#shared/config'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import { createReadAnalytics } from './analytics'
import type { Config } from './config'
import { createFeedbackStore } from './feedback-store'
import { migrations } from './migrations'
import { createRequestStore } from './request-store'
import { storageRoutes } from './routes'
import { createStoreFeedback } from './store-feedback'
import { createStoreProcessingData } from './store-processing-data'

export function createApp({ config, stats }: ServiceDeps<Config>): ServiceApp {
  const database = openDatabase({ path: path.join(config.DATA_DIR, 'storage.db'), migrations })
  const group = new GroupCommit(database, { batchMax: config.DATABASE_BATCH_MAX })
  const requests = createRequestStore(database, group)
  const feedback = createFeedbackStore(database, group)

  return {
    routes: storageRoutes(
      {
        storeProcessingData: createStoreProcessingData({ requests, stats }),
        storeFeedback: createStoreFeedback({ feedback, stats }),
        readAnalytics: createReadAnalytics(database),
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
    stats: () => ({ requests_stored: requests.count(), feedback: feedback.summarise() }),
    async stop() {
      await group.close()
      database.close()
    },
  }
}
