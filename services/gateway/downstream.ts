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
