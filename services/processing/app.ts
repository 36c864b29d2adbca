import { createServiceClient } from '#shared/http'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import type { Config } from './config'
import { createProcessQueryData } from './process-query-data'
import { processingRoutes } from './routes'

export function createApp({ config, stats, shutdown }: ServiceDeps<Config>): ServiceApp {
  const storage = createServiceClient('storage', { config, timeoutMs: config.SERVICE_TIMEOUT_MS, shutdown })
  return {
    routes: processingRoutes(createProcessQueryData({ storage, stats })),
    stop: () => storage.close(),
  }
}
