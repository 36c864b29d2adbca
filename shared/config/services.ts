/** The folders below `services/`, in the order in which a request meets them. */
export const SERVICE_KEYS = ['gateway', 'query', 'validation', 'queue', 'processing', 'storage'] as const

export type ServiceKey = (typeof SERVICE_KEYS)[number]

export interface ServiceEntry {
  /** OpenTelemetry `service.name`. */
  readonly serviceName: string
  readonly portVariable: `${Uppercase<ServiceKey>}_PORT`
  readonly defaultPort: number
  readonly urlVariable: `${Uppercase<ServiceKey>}_SERVICE_URL`
}

/** Who is who: name, port and the variables that move it. */
export const SERVICES: Readonly<Record<ServiceKey, ServiceEntry>> = {
  gateway: entry('api_gateway', 'GATEWAY', 5000),
  query: entry('query_service', 'QUERY', 5001),
  validation: entry('validation_service', 'VALIDATION', 5002),
  queue: entry('queue_service', 'QUEUE', 5003),
  processing: entry('processing_service', 'PROCESSING', 5004),
  storage: entry('storage_service', 'STORAGE', 5005),
}

/** A worker in a process of its own. It is called by nobody, so nobody need know its address. */
export const WORKER = { serviceName: 'queue_worker', portVariable: 'WORKER_PORT' } as const

function entry(serviceName: string, prefix: Uppercase<ServiceKey>, defaultPort: number): ServiceEntry {
  return {
    serviceName,
    portVariable: `${prefix}_PORT`,
    defaultPort,
    urlVariable: `${prefix}_SERVICE_URL`,
  }
}

export function isServiceKey(value: string): value is ServiceKey {
  return (SERVICE_KEYS as readonly string[]).includes(value)
}
