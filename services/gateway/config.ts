import type { z } from 'zod'
import {
  baseConfigSchema,
  clientConfigSchema,
  milliseconds,
  textLimitsConfigSchema,
  wholeNumber,
} from '#shared/config'
import { eventsConfigSchema } from '#shared/messaging'

export const configSchema = baseConfigSchema
  .extend(clientConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)
  .extend(eventsConfigSchema.shape)
  .extend({
    GENERATION_TIMEOUT_MS: milliseconds(45_000).describe(
      'How long the gateway waits for the query service, a model’s attempts included.',
    ),
    ENQUEUE_TIMEOUT_MS: milliseconds(1_500).describe(
      'How long an answer waits for the queue service, which it can do without.',
    ),
    CHAT_TIMEOUT_MS: milliseconds(60_000).describe(
      'After how long a chat request that is not answered is `timed_out`, unless it says so itself.',
    ),
    CHAT_TIMEOUT_MAX_MS: milliseconds(600_000).describe(
      'The longest time limit that a chat request may have.',
    ),
    CHAT_TURN_WAIT_MS: milliseconds(10_000, { min: 0 }).describe(
      'How long the answer to a turn waits for those before it at each attempt.',
    ),
    LONG_POLL_MAX_MS: milliseconds(30_000).describe('The longest that a poll may wait for an answer.'),
    LONG_POLLS_MAX: wholeNumber(200).describe(
      'Most polls that may wait at a time; more are answered at once.',
    ),
    SSE_STREAMS_MAX: wholeNumber(200).describe(
      'Most event streams that may be open; more are refused with 503.',
    ),
    SSE_HEARTBEAT_MS: milliseconds(15_000).describe('How often a silent event stream sends a comment.'),
    SSE_RETRY_MS: milliseconds(2_000).describe(
      'How long a client should wait before it opens a lost event stream again.',
    ),
    SSE_DURATION_MAX_MS: milliseconds(600_000).describe(
      'How long an event stream is kept open before its client has to come again.',
    ),
  })

export type Config = Readonly<z.output<typeof configSchema>>
