import type { z } from 'zod'
import { baseConfigSchema, clientConfigSchema, milliseconds, port } from '#shared/config'
import { messagingConfigSchema } from '#shared/messaging'
import { poolConfigSchema } from './config'

/** Variables of a worker in a process of its own. */
export const workerConfigSchema = baseConfigSchema
  .extend(clientConfigSchema.omit({ SERVICE_TIMEOUT_MS: true }).shape)
  .extend(messagingConfigSchema.shape)
  .extend(poolConfigSchema.shape)
  .extend({
    PATHWAY_REPORT_MS: milliseconds(5_000).describe(
      'How often a worker tells the queue service what passed through it; less than PATHWAY_REPORT_KEPT_MS.',
    ),
    WORKER_PORT: port(0).describe(
      'Port of a worker’s health, stats and metrics; 0 is any that is free, which it tells the log.',
    ),
  })

export type WorkerConfig = Readonly<z.output<typeof workerConfigSchema>>
