import { z } from 'zod'
import {
  baseConfigSchema,
  clientConfigSchema,
  databaseConfigSchema,
  flag,
  milliseconds,
  numberList,
  wholeNumber,
} from '#shared/config'

export const configSchema = baseConfigSchema
  .extend(clientConfigSchema.omit({ SERVICE_TIMEOUT_MS: true }).shape)
  .extend(databaseConfigSchema.shape)
  .extend({
    QUEUE_URL: z
      .string()
      .regex(/^(?:sqlite|memory):/, 'expected sqlite: or memory:; RabbitMQ is not supported yet')
      .default('sqlite:')
      .describe(
        'Where messages are kept: `sqlite:` (a file in DATA_DIR), `sqlite:/path/to/file` or `memory:`.',
      ),
    USE_RABBITMQ: flag(false)
      .refine((isWanted) => !isWanted, 'RabbitMQ is not supported yet')
      .describe('RabbitMQ is not supported yet; true is refused instead of being ignored.'),
    WORKER_CONCURRENCY: wholeNumber(16).describe('Messages the embedded worker handles at the same time.'),
    QUEUE_LENGTH_MAX: wholeNumber(100_000).describe('Messages that may wait; more are refused with 429.'),
    QUEUE_LEASE_MS: milliseconds(30_000, { min: 100 }).describe(
      'How long a worker may hold a message without a sign of life before it is offered to another.',
    ),
    RETRY_DELAYS_MS: numberList([5_000, 30_000, 300_000]).describe(
      'Waits before each further attempt; when they are used up the message is dead-lettered.',
    ),
    QUEUE_RETENTION_MS: milliseconds(3_600_000).describe(
      'How long the status of a finished message is kept.',
    ),
    QUEUE_RETENTION_MESSAGES_MAX: wholeNumber(100_000).describe(
      'Most finished messages whose status is kept; the oldest are forgotten first.',
    ),
    PROCESSING_TIMEOUT_MS: milliseconds(15_000).describe(
      'How long the worker waits for the processing service.',
    ),
  })

export type Config = Readonly<z.output<typeof configSchema>>
