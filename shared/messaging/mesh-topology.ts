import { ConfigError } from '#shared/config'
import {
  CHAT_REQUESTS_QUEUE,
  CHAT_RESPONSES_QUEUE,
  EVENTS_EXCHANGE,
  PROCESSING_EXCHANGE,
  PROCESSING_QUEUE,
} from '#shared/contracts'
import { type MessagingConfig, queueUrlOf } from './config'
import type { QueueDefinition, Topology } from './topology'

/**
 * The queues of the mesh. Every process that publishes or consumes makes it from the same variables, so that
 * whoever comes first declares what the others expect.
 *
 * @throws ConfigError for quorum queues that are not to be durable, and for jitter where delays are fixed
 */
export function createMeshTopology(config: MessagingConfig): Topology {
  if (!config.QUEUE_DURABLE && config.QUEUE_TYPE === 'quorum') {
    throw new ConfigError([
      'QUEUE_DURABLE: false needs QUEUE_TYPE=classic, because quorum queues are always durable (found "quorum")',
    ])
  }
  if (config.RETRY_JITTER > 0 && /^amqps?:/.test(queueUrlOf(config))) {
    throw new ConfigError([
      `RETRY_JITTER: expected 0 for RabbitMQ, where each wait is a retry queue with a fixed delay (found "${config.RETRY_JITTER}")`,
    ])
  }
  const bindings = config.EVENT_BINDINGS.map((binding) => ({ exchange: EVENTS_EXCHANGE, ...binding }))
  const eventQueues = [...new Set(bindings.map(({ queue }) => queue))]
  const define = (name: string, priorities = false): QueueDefinition => ({
    name,
    lengthMax: config.QUEUE_LENGTH_MAX,
    deliveryLimit: config.QUEUE_DELIVERY_LIMIT,
    type: config.QUEUE_TYPE,
    durable: config.QUEUE_DURABLE,
    priorities,
    ...(config.QUEUE_TTL_MS > 0 && { ttlMs: config.QUEUE_TTL_MS }),
  })
  return {
    queues: [
      define(PROCESSING_QUEUE, config.QUEUE_PRIORITIES),
      ...eventQueues.map((name) => define(name)),
      define(CHAT_REQUESTS_QUEUE),
      define(CHAT_RESPONSES_QUEUE),
    ],
    exchanges: [
      { name: PROCESSING_EXCHANGE, type: 'direct' },
      { name: EVENTS_EXCHANGE, type: 'topic' },
    ],
    bindings: [
      { exchange: PROCESSING_EXCHANGE, pattern: PROCESSING_QUEUE, queue: PROCESSING_QUEUE },
      ...bindings,
    ],
    retryDelaysMs: config.RETRY_DELAYS_MS,
  }
}
