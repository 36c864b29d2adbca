import type { ClientConfig } from '#shared/config'
import { createServiceClient } from '#shared/http'
import { rabbitmqSettingsOf } from './broker-config'
import { type BusLogger, silentLogger } from './bus-logger'
import { type MessagingConfig, queueUrlOf } from './config'
import type { MessageDriver } from './driver'
import { openDriver } from './drivers/open-driver'
import { createRemoteDriver } from './drivers/remote/remote-driver'
import { createMeshTopology } from './mesh-topology'

export interface OpenSharedDriverOptions {
  readonly config: MessagingConfig &
    Omit<ClientConfig, 'SERVICE_TIMEOUT_MS'> & {
      readonly HOST: string
      readonly ADMIN_TOKEN?: string | undefined
    }
  /** What a broker shows as the name of the connection. */
  readonly connectionName: string
  /** How long a call to the queue service may take, its wait for messages left out. */
  readonly timeoutMs?: number
  readonly logger?: BusLogger
}

const TIMEOUT_MS = 10_000

/**
 * Opens the driver of a process that does not own the queue, on the same variables as the queue service: a broker is
 * used directly; messages that the queue service keeps itself are claimed from it over HTTP, and then nobody need be
 * there yet.
 */
export function openSharedDriver(options: OpenSharedDriverOptions): Promise<MessageDriver> | MessageDriver {
  const { config, connectionName, timeoutMs = TIMEOUT_MS, logger = silentLogger } = options
  const url = queueUrlOf(config)
  const [scheme = ''] = url.split(':', 1)
  if (scheme.startsWith('amqp')) {
    return openDriver(url, {
      dataDir: '',
      topology: createMeshTopology(config),
      rabbitmq: { ...rabbitmqSettingsOf(config), connectionName, logger },
    })
  }
  return createRemoteDriver({
    http: createServiceClient('queue', { config, timeoutMs }),
    // As the producer's spans call it: it is the same queue, whoever reads it.
    system: scheme,
    adminToken: config.ADMIN_TOKEN,
    timeoutMs,
    logger,
  })
}
