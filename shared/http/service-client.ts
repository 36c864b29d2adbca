import { type ClientConfig, SERVICES, type ServiceKey, serviceUrl } from '#shared/config'
import { createHttpClient, type HttpClient } from './http-client'

export interface ServiceClientOptions {
  readonly config: Omit<ClientConfig, 'SERVICE_TIMEOUT_MS'> & { readonly HOST: string }
  readonly timeoutMs: number
  /** Ends every call when it aborts. */
  readonly shutdown?: AbortSignal
}

/** A client of another service of the mesh, wherever the configuration says it is. */
export function createServiceClient(key: ServiceKey, options: ServiceClientOptions): HttpClient {
  const { config, timeoutMs, shutdown } = options
  return createHttpClient({
    service: SERVICES[key].serviceName,
    baseUrl: serviceUrl(config, key),
    timeoutMs,
    socketsMax: config.SERVICE_SOCKETS_MAX,
    ...(shutdown !== undefined && { shutdown }),
  })
}
