import type { z } from 'zod'
import { baseConfigSchema, clientConfigSchema } from '#shared/config'

export const configSchema = baseConfigSchema.extend(clientConfigSchema.shape)

export type Config = Readonly<z.output<typeof configSchema>>
