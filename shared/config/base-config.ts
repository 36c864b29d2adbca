import { z } from 'zod'
import { SERVICES, type ServiceKey } from './services'
import { httpUrl, milliseconds, port, wholeNumber } from './variables'

/** Variables that every service has. A service's own `config.ts` extends this. */
export const baseConfigSchema = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address the services listen on.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe log line that is written.'),
  LOG_FORMAT: z
    .enum(['pretty', 'json'])
    .optional()
    .describe('Log lines for people or for machines; `pretty` on a terminal, else `json`.'),
  BODY_SIZE_MAX_BYTES: wholeNumber(1_048_576).describe('Largest request body accepted; larger ones get 413.'),
  SHUTDOWN_TIMEOUT_MS: milliseconds(4_500).describe(
    'How long a service may take on SIGTERM, its last spans included.',
  ),
  HEALTH_TIMEOUT_MS: milliseconds(1_000).describe('How long a health check waits for another service.'),
  EVENT_LOOP_DELAY_MAX_MS: milliseconds(1_000).describe(
    'p99 of the event loop delay above which a service reports itself degraded.',
  ),
  PATHWAY_NODES_MAX: wholeNumber(250, { max: 2_000 }).describe(
    'Checkpoints of messages that a process tells apart; the rest are counted together.',
  ),
})

export type BaseConfig = Readonly<z.output<typeof baseConfigSchema>>

/** Port and URL variables of all services, for those that call others. */
export const addressConfigSchema = z.object({
  GATEWAY_PORT: servicePort('gateway'),
  QUERY_PORT: servicePort('query'),
  VALIDATION_PORT: servicePort('validation'),
  QUEUE_PORT: servicePort('queue'),
  PROCESSING_PORT: servicePort('processing'),
  STORAGE_PORT: servicePort('storage'),
  GATEWAY_SERVICE_URL: serviceAddress('gateway'),
  QUERY_SERVICE_URL: serviceAddress('query'),
  VALIDATION_SERVICE_URL: serviceAddress('validation'),
  QUEUE_SERVICE_URL: serviceAddress('queue'),
  PROCESSING_SERVICE_URL: serviceAddress('processing'),
  STORAGE_SERVICE_URL: serviceAddress('storage'),
})

export type AddressConfig = Readonly<z.output<typeof addressConfigSchema>>

function servicePort(key: ServiceKey) {
  return port(SERVICES[key].defaultPort).describe(`Port of ${SERVICES[key].serviceName}.`)
}

function serviceAddress(key: ServiceKey) {
  return httpUrl()
    .optional()
    .describe(`Where ${SERVICES[key].serviceName} is reached when it runs on another host.`)
}

/** Where `key` is reached: its URL variable, or the port on this machine. */
export function serviceUrl(config: AddressConfig & { readonly HOST: string }, key: ServiceKey): string {
  const { portVariable, urlVariable } = SERVICES[key]
  return config[urlVariable] ?? `http://${reachableHost(config.HOST)}:${config[portVariable]}`
}

/** The address to call for a service that listens on `host`; an any-address is not one to call. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
