import { z } from 'zod'
import { flag, milliseconds, numberList, wholeNumber } from '#shared/config'
import { brokerConfigSchema } from './broker-config'
import { DISK_LIMITS } from './drivers/sqlite/disk-room'
import { QUEUE_NAME } from './message-bus'
import { publisherConfigSchema } from './publisher-config'
import { reservationOf } from './reserved-queues'
import { type Binding, TOPIC_PATTERN } from './topology'

const SCHEMES = /^(?:sqlite|memory|amqps?):/

const queueConfigSchema = z.object({
  QUEUE_URL: z
    .string()
    .regex(SCHEMES, 'expected a URL that begins with sqlite:, memory:, amqp: or amqps:')
    .default('sqlite:')
    .describe(
      'Where messages are kept: `sqlite:` (a file in DATA_DIR), `sqlite:/path/to/file`, `memory:`, or a RabbitMQ broker by `amqp://user:password@host/vhost` or `amqps://…`.',
    ),
  USE_RABBITMQ: flag(false).describe('true keeps messages in the broker that RABBITMQ_URL names.'),
  RABBITMQ_URL: z
    .string()
    .regex(/^amqps?:/, 'expected a URL that begins with amqp: or amqps:')
    .default('amqp://guest:guest@127.0.0.1:5672')
    .describe('The broker that USE_RABBITMQ means.'),
  RABBITMQ_NAME_PREFIX: z
    .string()
    .regex(/^[\w.-]{0,32}$/, 'expected at most 32 letters, digits or any of . _ -')
    .default('')
    .describe('Begins the name of every exchange and queue on the broker, to share one, e.g. `staging.`.'),
  QUEUE_LENGTH_MAX: wholeNumber(100_000).describe(
    'Messages that may wait in a queue; more are refused with 429.',
  ),
  QUEUE_DISK_RESERVE_BYTES: wholeNumber(DISK_LIMITS.diskReserveBytes, { min: 0 }).describe(
    'Bytes that new messages leave free on the disk of the queue file, for claims and acks; then they are refused with 507. 0 reserves nothing.',
  ),
  QUEUE_FILE_SIZE_MAX_BYTES: wholeNumber(DISK_LIMITS.fileSizeMaxBytes, { min: 0 }).describe(
    'Most bytes that messages may take in the queue file; more are refused with 507. 0 is no limit.',
  ),
  QUEUE_TTL_MS: milliseconds(0, { min: 0 }).describe(
    'How long a message may wait in a queue before it is a dead letter; 0 is for ever.',
  ),
  QUEUE_PRIORITIES: flag(false).describe(
    'true lets jobs have a priority of high, normal or low; on RabbitMQ each such queue is three.',
  ),
  QUEUE_TYPE: z
    .enum(['quorum', 'classic'])
    .default('quorum')
    .describe('How RabbitMQ keeps queues: replicated, or in one place.'),
  QUEUE_DURABLE: flag(true).describe(
    'false lets RabbitMQ forget queues and what is in them when it restarts; only QUEUE_TYPE=classic can be so.',
  ),
  QUEUE_DELIVERY_LIMIT: wholeNumber(10).describe(
    'Deliveries without an answer after which RabbitMQ itself gives up a message of a quorum queue.',
  ),
  QUEUE_LEASE_MS: milliseconds(30_000, { min: 100 }).describe(
    'How long a worker may hold a message without a sign of life before it is offered to another.',
  ),
  RETRY_DELAYS_MS: numberList([5_000, 30_000, 300_000]).describe(
    'Waits before each further attempt; when they are used up the message is dead-lettered.',
  ),
  RETRY_JITTER: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of each of these waits by which it is made shorter or longer at random, 0 to 1; RabbitMQ takes only 0.',
    ),
  WORKER_PAUSE_MS: milliseconds(1_000).describe(
    'How long a consumer takes no messages after it found the service behind it away; twice as long after each further try in vain.',
  ),
  WORKER_PAUSE_MAX_MS: milliseconds(10_000).describe('Longest such pause, unless the service asks for more.'),
  EVENT_BINDINGS: z
    .string()
    .default('events.storage=#,events.analytics=#')
    .transform(parseBindings)
    .describe(
      'Which events each consumer gets: `queue=pattern` separated by commas; `*` is one word of the routing key, `#` any number.',
    ),
})

/**
 * Variables of every process that publishes or consumes messages: the queue service, services that consume,
 * and workers. They must be the same in all of them, because each declares the same topology on a broker.
 */
export const messagingConfigSchema = queueConfigSchema
  .extend(brokerConfigSchema.shape)
  .extend(publisherConfigSchema.shape)

export type MessagingConfig = Readonly<z.output<typeof messagingConfigSchema>>

/** The URL that the variables come to. */
export function queueUrlOf(
  config: Pick<MessagingConfig, 'QUEUE_URL' | 'USE_RABBITMQ' | 'RABBITMQ_URL'>,
): string {
  return config.USE_RABBITMQ ? config.RABBITMQ_URL : config.QUEUE_URL
}

function parseBindings(text: string, context: z.RefinementCtx): readonly Omit<Binding, 'exchange'>[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [queue = '', ...rest] = part.split('=')
      const pattern = rest.join('=')
      const isWellFormed = QUEUE_NAME.test(queue) && TOPIC_PATTERN.test(pattern)
      const reservation = reservationOf(queue)
      if (!isWellFormed) {
        context.addIssue({ code: 'custom', message: `expected queue=pattern, found "${part}"` })
      } else if (reservation !== undefined) {
        context.addIssue({ code: 'custom', message: `no events can go to "${queue}": ${reservation}` })
      }
      return { queue, pattern }
    })
}
