import { createServiceClient, type HttpClient } from '#shared/http'
import type { Config } from './config'

/** The services behind the gateway, in the order in which a request meets them. */
export const DOWNSTREAM_KEYS = ['query', 'validation', 'queue', 'processing', 'storage'] as const

export type DownstreamKey = (typeof DOWNSTREAM_KEYS)[number]

export type Downstream = Readonly<Record<DownstreamKey, HttpClient>>

export function createDownstream(config: Config, shutdown: AbortSignal): Downstream {
  const client = (key: DownstreamKey) =>
    createServiceClient(key, { config, timeoutMs: config.SERVICE_TIMEOUT_MS, shutdown })
  return {
    query: client('query'),
    validation: client('validation'),
    queue: client('queue'),
    processing: client('processing'),
    storage: client('storage'),
  }
}

/**
 * A client of storage for those who wait there for a change. Each holds a connection as long as it waits, so they
 * have their own, or they would keep all others from asking anything.
 */
export function createWaitingStorage(config: Config, shutdown: AbortSignal): HttpClient {
  return createServiceClient('storage', {
    config: { ...config, SERVICE_SOCKETS_MAX: config.SSE_STREAMS_MAX + config.LONG_POLLS_MAX },
    timeoutMs: config.SERVICE_TIMEOUT_MS,
    shutdown,
  })
}
