import type { z } from 'zod'
import { addressConfigSchema } from './base-config'
import { milliseconds, wholeNumber } from './variables'

/** Variables of a service that calls others. */
export const clientConfigSchema = addressConfigSchema.extend({
  SERVICE_TIMEOUT_MS: milliseconds(5_000).describe('How long one service waits for any other.'),
  SERVICE_SOCKETS_MAX: wholeNumber(128).describe('Connections one service keeps to another.'),
})

export type ClientConfig = Readonly<z.output<typeof clientConfigSchema>>
