import type { z } from 'zod'
import {
  addressConfigSchema,
  baseConfigSchema,
  milliseconds,
  textLimitsConfigSchema,
  wholeNumber,
} from '#shared/config'

export const configSchema = baseConfigSchema
  .extend(addressConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)
  .extend({
    GENERATION_TIMEOUT_MS: milliseconds(45_000).describe(
      'How long the gateway waits for the query service, a model’s attempts included.',
    ),
    ENQUEUE_TIMEOUT_MS: milliseconds(1_500).describe(
      'How long an answer waits for the queue service, which it can do without.',
    ),
    SERVICE_TIMEOUT_MS: milliseconds(5_000).describe('How long one service waits for any other.'),
    SERVICE_SOCKETS_MAX: wholeNumber(128).describe('Connections one service keeps to another.'),
  })

export type Config = Readonly<z.output<typeof configSchema>>
