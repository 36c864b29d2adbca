import { z } from 'zod'
import { wholeNumber } from './variables'

/** Variables of a service that owns a SQLite file. */
export const databaseConfigSchema = z.object({
  DATA_DIR: z.string().default('./data').describe('Folder of the SQLite files.'),
  DATABASE_BATCH_MAX: wholeNumber(1_000).describe('Most writes that share one transaction.'),
})
