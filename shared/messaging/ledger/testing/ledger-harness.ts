import path from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import type { MessageDriver } from '../../driver'
import type { DriverHarness, HarnessSetup } from '../../testing/contract'
import { withMessageLedger } from '../ledger-driver'

/** What `harness` makes, with a ledger over it. */
export function withLedger(harness: DriverHarness): DriverHarness {
  return async (t: TestContext, setup: HarnessSetup) => {
    const file = path.join(temporaryFolder(t), 'queue-state.db')
    const under = await harness(t, setup)
    const clock = { now: under.now, elapsed: under.elapsed, schedule: () => () => {} }
    const open = (driver: MessageDriver) =>
      withMessageLedger(driver, { path: file, topology: setup.topology, clock })
    let driver = await open(under.driver)
    t.after(() => driver.close())
    return {
      ...under,
      driver,
      restart: async () => {
        await driver.close()
        driver = await open(await under.restart())
        return driver
      },
    }
  }
}
