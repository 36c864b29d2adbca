import { join } from 'node:path'
import { describeDriver, manualClockHarness } from '../../testing/contract'
import { EMBEDDED_GUARANTEES } from '../embedded/testing/embedded-guarantees'
import { createSqliteDriver } from './sqlite-driver'

describeDriver(
  'sqlite',
  manualClockHarness(({ folder, ...setup }) =>
    createSqliteDriver({ path: join(folder, 'queue.db'), ...setup }),
  ),
  EMBEDDED_GUARANTEES,
)
