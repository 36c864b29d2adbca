import { SERVICES, serviceUrl } from '#shared/config'
import { createHttpClient } from '#shared/http'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import type { Config } from './config'
import { createProcessQueryData } from './process-query-data'
import { processingRoutes } from './routes'

export function createApp({ config, stats, shutdown }: ServiceDeps<Config>): ServiceApp {
  const storage = createHttpClient({
    service: SERVICES.storage.serviceName,
    baseUrl: serviceUrl(config, 'storage'),
    timeoutMs: config.SERVICE_TIMEOUT_MS,
    socketsMax: config.SERVICE_SOCKETS_MAX,
    shutdown,
  })
  return {
    routes: processingRoutes(createProcessQueryData({ storage, stats })),
    stop: () => storage.close(),
  }
}
