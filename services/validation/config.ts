import type { z } from 'zod'
import { addressConfigSchema, baseConfigSchema, textLimitsConfigSchema } from '#shared/config'

export const configSchema = baseConfigSchema
  .extend(addressConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)

export type Config = Readonly<z.output<typeof configSchema>>
