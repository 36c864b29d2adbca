import type { z } from 'zod'
import { baseConfigSchema, clientConfigSchema, milliseconds, textLimitsConfigSchema } from '#shared/config'

export const configSchema = baseConfigSchema
  .extend(clientConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)
  .extend({
    GENERATION_TIMEOUT_MS: milliseconds(45_000).describe(
      'How long the gateway waits for the query service, a model’s attempts included.',
    ),
    ENQUEUE_TIMEOUT_MS: milliseconds(1_500).describe(
      'How long an answer waits for the queue service, which it can do without.',
    ),
  })

export type Config = Readonly<z.output<typeof configSchema>>
