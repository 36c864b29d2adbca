import { z } from 'zod'
import { milliseconds, wholeNumber } from '#shared/config'

/** Variables of a service that keeps `Idempotency-Key`s. */
export const idempotencyConfigSchema = z.object({
  IDEMPOTENCY_RETENTION_MS: milliseconds(86_400_000).describe(
    'How long an Idempotency-Key and its answer are kept, 24 hours unless set.',
  ),
  IDEMPOTENCY_KEYS_MAX: wholeNumber(100_000).describe(
    'Most keys that are kept; the oldest are forgotten first.',
  ),
  IDEMPOTENCY_LEASE_MS: milliseconds(60_000).describe(
    'How long a key stays taken when the process that worked on its request has died.',
  ),
})

export type IdempotencyConfig = Readonly<z.output<typeof idempotencyConfigSchema>>
