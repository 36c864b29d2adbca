import { z } from 'zod'

/** What operators have and others do not. */
export const adminConfigSchema = z.object({
  ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'expected at least 8 visible ASCII characters')
    .optional()
    .describe(
      'Bearer token without which nobody purges or replays a queue; everybody may when it is not set.',
    ),
})
