import { setImmediate } from 'node:timers/promises'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import type { Clock } from '../../clock'
import type { MessageDriver } from '../../driver'
import type { Topology } from '../../topology'
import { ManualClock } from '../manual-clock'
import { type DriverHarness, LEASE_MS } from './harness'

/** What a driver is made of. The same folder again means the same messages, if they are kept. */
export interface DriverSetup {
  readonly folder: string
  readonly clock: Clock
  readonly topology: Topology
}

/** For drivers that keep messages in this process and are given their clock. */
export function manualClockHarness(
  createDriver: (setup: DriverSetup) => MessageDriver | Promise<MessageDriver>,
): DriverHarness {
  return async (t, { topology }) => {
    const folder = temporaryFolder(t)
    const clock = new ManualClock()
    const advance = async (milliseconds: number) => {
      clock.advance(milliseconds)
      await setImmediate()
    }
    const opened: MessageDriver[] = []
    const open = async () => {
      const driver = await createDriver({ folder, clock, topology })
      opened.push(driver)
      return driver
    }
    t.after(() => Promise.all(opened.map((driver) => driver.close())))
    return {
      driver: await open(),
      advance,
      elapsed: () => clock.elapsed(),
      now: () => clock.now(),
      jump: (milliseconds) => clock.jump(milliseconds),
      loseHolders: () => advance(LEASE_MS + 1),
      restart: async () => {
        await opened.at(-1)?.close()
        return open()
      },
    }
  }
}
