import type { z } from 'zod'
import {
  addressConfigSchema,
  baseConfigSchema,
  databaseConfigSchema,
  textLimitsConfigSchema,
  wholeNumber,
} from '#shared/config'

export const configSchema = baseConfigSchema
  .extend(addressConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)
  .extend(databaseConfigSchema.shape)
  .extend({
    HISTORY_PAGE_MAX: wholeNumber(200).describe('Most rows one page of history may have.'),
  })

export type Config = Readonly<z.output<typeof configSchema>>
