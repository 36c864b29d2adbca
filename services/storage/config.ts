import type { z } from 'zod'
import {
  baseConfigSchema,
  clientConfigSchema,
  databaseConfigSchema,
  milliseconds,
  textLimitsConfigSchema,
  wholeNumber,
} from '#shared/config'
import { idempotencyConfigSchema } from '#shared/idempotency'
import { eventRoutingConfigSchema, messagingConfigSchema } from '#shared/messaging'

export const configSchema = baseConfigSchema
  .extend(clientConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)
  .extend(databaseConfigSchema.shape)
  .extend(messagingConfigSchema.shape)
  .extend(eventRoutingConfigSchema.shape)
  .extend(idempotencyConfigSchema.shape)
  .extend({
    HISTORY_PAGE_MAX: wholeNumber(200).describe('Most rows one page of history may have.'),
    CHAT_RESPONSES_PREFETCH: wholeNumber(50).describe('Answers to chat requests that are held at a time.'),
    EVENTS_PREFETCH: wholeNumber(100).describe('Domain events that each of their consumers holds at a time.'),
    EVENT_HISTORY_RETENTION_MS: wholeNumber(2_592_000_000, { min: 0 }).describe(
      'How long the history keeps domain events, 30 days; 0 is for ever.',
    ),
    EVENT_AGGREGATES_RETENTION_MS: wholeNumber(34_560_000_000, { min: 0 }).describe(
      'How long the counts of an hour are kept, 400 days, so that a month can be held against that of the year before; 0 is for ever.',
    ),
    REQUEST_RETENTION_MS: wholeNumber(7_776_000_000, { min: 0 }).describe(
      'How long processed requests are kept, 90 days; 0 is for ever.',
    ),
    FEEDBACK_RETENTION_MS: wholeNumber(34_560_000_000, { min: 0 }).describe(
      'How long feedback is kept, 400 days, longer than the requests it is about: what was wrong once stays worth knowing; 0 is for ever.',
    ),
    CHAT_RETENTION_MS: wholeNumber(7_776_000_000, { min: 0 }).describe(
      'How long chat requests are kept with their whole answers, 90 days; 0 is for ever.',
    ),
    EVENT_OUTBOX_RETRY_MS: milliseconds(1_000).describe(
      'How long events that were not taken wait in the outbox before they are published again; twice as long each time, up to 10 minutes, for one that fails by itself.',
    ),
    INBOX_RETENTION_MS: wholeNumber(604_800_000).describe(
      'How long a message that was consumed is remembered, so that it changes nothing when it comes again; 7 days.',
    ),
    STORAGE_WAIT_MAX_MS: milliseconds(60_000).describe(
      'How long storage lets a caller wait for a change of a request.',
    ),
    STORAGE_WAITS_MAX: wholeNumber(1_000).describe(
      'Most callers that may wait in storage; more are answered at once.',
    ),
  })

export type Config = Readonly<z.output<typeof configSchema>>
