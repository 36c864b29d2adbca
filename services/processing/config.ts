import type { z } from 'zod'
import { addressConfigSchema, baseConfigSchema, milliseconds, wholeNumber } from '#shared/config'

export const configSchema = baseConfigSchema.extend(addressConfigSchema.shape).extend({
  SERVICE_TIMEOUT_MS: milliseconds(5_000).describe('How long one service waits for any other.'),
  SERVICE_SOCKETS_MAX: wholeNumber(128).describe('Connections one service keeps to another.'),
})

export type Config = Readonly<z.output<typeof configSchema>>
