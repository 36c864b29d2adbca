import { z } from 'zod'
import { flag, milliseconds, wholeNumber } from '#shared/config'
import type { MessagingConfig } from './config'
import type { RabbitmqSettings } from './drivers/open-driver'
import { publisherOptionsOf } from './publisher-config'

/** How a process connects to a RabbitMQ broker. */
export const brokerConfigSchema = z.object({
  RABBITMQ_HEARTBEAT_S: wholeNumber(10, { min: 0, max: 3_600 }).describe(
    'Seconds of silence after which half of a connection counts as dead; 0 never.',
  ),
  RABBITMQ_CONNECT_TIMEOUT_MS: milliseconds(5_000).describe('How long one attempt to connect may take.'),
  RABBITMQ_RECONNECT_MIN_MS: milliseconds(100).describe(
    'Wait before connecting again; each further one is twice as long.',
  ),
  RABBITMQ_RECONNECT_MAX_MS: milliseconds(10_000).describe('Longest wait before connecting again.'),
  RABBITMQ_CA_FILE: z
    .string()
    .optional()
    .describe('PEM file of the authority that signed the certificate of an amqps: broker.'),
  RABBITMQ_CERT_FILE: z
    .string()
    .optional()
    .describe('PEM file of the certificate that is shown to an amqps: broker, when it wants one.'),
  RABBITMQ_CERT_KEY_FILE: z.string().optional().describe('PEM file of the key of that certificate.'),
  RABBITMQ_VERIFY: flag(true).describe(
    'false accepts any certificate of an amqps: broker: for trials, never in production.',
  ),
  RABBITMQ_REMEMBERED_MAX: wholeNumber(10_000, { min: 0 }).describe(
    'Ids of messages sent to RabbitMQ by this process that are recognised when they are sent again.',
  ),
})

/** What `openDriver` needs to know for a broker. */
export function rabbitmqSettingsOf(config: MessagingConfig): RabbitmqSettings {
  return {
    namePrefix: config.RABBITMQ_NAME_PREFIX,
    queueDefaults: {
      type: config.QUEUE_TYPE,
      durable: config.QUEUE_DURABLE,
      deliveryLimit: config.QUEUE_DELIVERY_LIMIT,
      lengthMax: config.QUEUE_LENGTH_MAX,
    },
    publisher: publisherOptionsOf(config),
    rememberedMax: config.RABBITMQ_REMEMBERED_MAX,
    connection: {
      heartbeatSeconds: config.RABBITMQ_HEARTBEAT_S,
      connectTimeoutMs: config.RABBITMQ_CONNECT_TIMEOUT_MS,
      reconnectMinMs: config.RABBITMQ_RECONNECT_MIN_MS,
      reconnectMaxMs: config.RABBITMQ_RECONNECT_MAX_MS,
      tls: {
        verify: config.RABBITMQ_VERIFY,
        ...(config.RABBITMQ_CA_FILE !== undefined && { caFile: config.RABBITMQ_CA_FILE }),
        ...(config.RABBITMQ_CERT_FILE !== undefined && { certFile: config.RABBITMQ_CERT_FILE }),
        ...(config.RABBITMQ_CERT_KEY_FILE !== undefined && { keyFile: config.RABBITMQ_CERT_KEY_FILE }),
      },
    },
  }
}
