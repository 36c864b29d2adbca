import { createServiceClient } from '#shared/http'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import type { Config } from './config'
import { createProcessQueryData } from './process-query-data'
import { createPublishProcessed } from './publish-processed'
import { processingRoutes } from './routes'

export function createApp({ config, logger, stats, shutdown }: ServiceDeps<Config>): ServiceApp {
  const storage = createServiceClient('storage', { config, timeoutMs: config.SERVICE_TIMEOUT_MS, shutdown })
  const queue = createServiceClient('queue', { config, timeoutMs: config.SERVICE_TIMEOUT_MS, shutdown })
  const publishProcessed = config.EVENTS ? createPublishProcessed({ queue, stats, logger }) : undefined
  return {
    routes: processingRoutes(createProcessQueryData({ storage, stats, publishProcessed })),
    stop() {
      storage.close()
      queue.close()
    },
  }
}
