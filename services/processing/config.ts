import type { z } from 'zod'
import { baseConfigSchema, clientConfigSchema } from '#shared/config'
import { eventsConfigSchema } from '#shared/messaging'

export const configSchema = baseConfigSchema.extend(clientConfigSchema.shape).extend(eventsConfigSchema.shape)

export type Config = Readonly<z.output<typeof configSchema>>
