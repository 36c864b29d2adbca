import type { z } from 'zod'
import {
  adminConfigSchema,
  baseConfigSchema,
  clientConfigSchema,
  databaseConfigSchema,
  milliseconds,
  wholeNumber,
} from '#shared/config'
import { WORKER_STEPS_MAX } from '#shared/contracts'
import { idempotencyConfigSchema } from '#shared/idempotency'
import { eventRoutingConfigSchema, messagingConfigSchema } from '#shared/messaging'
import { poolConfigSchema } from './pool/config'

export const configSchema = baseConfigSchema
  .extend(clientConfigSchema.omit({ SERVICE_TIMEOUT_MS: true }).shape)
  .extend(databaseConfigSchema.shape)
  .extend(messagingConfigSchema.shape)
  .extend(eventRoutingConfigSchema.shape)
  .extend(adminConfigSchema.shape)
  .extend(idempotencyConfigSchema.shape)
  .extend(poolConfigSchema.shape)
  .extend({
    EVENTS_BATCH_MAX: wholeNumber(1_000).describe('Most domain events of one call.'),
    WORKER_CONCURRENCY: wholeNumber(16, { min: 0 }).describe(
      'Messages the embedded workers handle at the same time; 0 leaves all queues to workers in other processes.',
    ),
    CLAIM_MESSAGES_MAX: wholeNumber(500).describe('Most messages that a worker gets in one answer.'),
    CLAIM_BYTES_MAX: wholeNumber(8_388_608).describe(
      'Most bytes of message bodies that a worker gets in one answer, unless one message has more.',
    ),
    CLAIM_WAIT_MAX_MS: milliseconds(30_000).describe('How long a worker may wait for a message in one call.'),
    CLAIM_LEASE_MAX_MS: milliseconds(600_000).describe('Longest lease that a worker may ask for.'),
    CLAIMS_WAITING_MAX: wholeNumber(1_000).describe('Most calls of workers that wait at the same time.'),
    WORKER_BATCH_MAX: wholeNumber(1_000, { min: WORKER_STEPS_MAX }).describe(
      'Most messages that a worker settles, or sends, in one call; no less than 500, which workers make use of.',
    ),
    QUEUE_RETENTION_MS: milliseconds(3_600_000).describe(
      'How long the status of a finished message is kept.',
    ),
    QUEUE_RETENTION_MESSAGES_MAX: wholeNumber(100_000).describe(
      'Most finished messages whose status is kept; the oldest are forgotten first.',
    ),
    DEAD_LETTER_PAGE_MAX: wholeNumber(100).describe('Most dead letters that one page shows.'),
    DEAD_LETTER_BODY_BYTES_MAX: wholeNumber(65_536).describe(
      'Most bytes of a dead letter’s body that are shown.',
    ),
    PATHWAY_REPORTS_MAX: wholeNumber(100).describe(
      'Most workers whose reports of pathways are kept; the one that was silent longest makes room.',
    ),
    PATHWAY_REPORT_KEPT_MS: milliseconds(60_000).describe(
      'How long the report of a worker is kept when no further one comes.',
    ),
    REPLAY_MESSAGES_MAX: wholeNumber(1_000).describe('Most dead letters that one call replays.'),
  })

export type Config = Readonly<z.output<typeof configSchema>>
