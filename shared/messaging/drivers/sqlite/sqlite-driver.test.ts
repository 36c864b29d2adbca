import { join } from 'node:path'
import { describeDriver } from '../../testing/driver-contract'
import { createSqliteDriver } from './sqlite-driver'

describeDriver(
  'sqlite',
  ({ folder, ...setup }) => createSqliteDriver({ path: join(folder, 'queue.db'), ...setup }),
  {
    durable: true,
    ordered: true,
    leases: true,
    deduplicates: true,
    tellsStatus: true,
    limitsLength: true,
  },
)
