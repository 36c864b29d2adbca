import { setImmediate } from 'node:timers/promises'
import type { MessageDriver } from '../../../driver'
import { type DriverHarness, LEASE_MS } from '../../../testing/contract'
import { ManualClock } from '../../../testing/manual-clock'
import { createRabbitmqDriver, type RabbitmqDriverOptions } from '../rabbitmq-driver'
import { FakeBroker } from './fake-broker'

/** Lets what the broker has said be heard, and answered, and heard again. */
export async function settle(rounds = 100): Promise<void> {
  for (let round = 0; round < rounds; round++) await setImmediate()
}

/** Runs on the fake broker, by the clock of the test. */
export function fakeBrokerHarness(options: Partial<RabbitmqDriverOptions> = {}): DriverHarness {
  return async (t, { topology }) => {
    const clock = new ManualClock()
    const broker = new FakeBroker(clock)
    const opened: MessageDriver[] = []
    const open = async () => {
      const driver = await createRabbitmqDriver({
        url: 'amqp://fake',
        topology,
        clock,
        connect: broker.connect,
        ...options,
      })
      opened.push(driver)
      return driver
    }
    const advance = async (milliseconds: number) => {
      await settle()
      clock.advance(milliseconds)
      await settle()
    }
    t.after(() => Promise.all(opened.map((driver) => driver.close())))
    return {
      driver: await open(),
      advance,
      elapsed: () => clock.elapsed(),
      now: () => clock.now(),
      jump: (milliseconds) => clock.jump(milliseconds),
      loseHolders: async () => {
        await settle()
        broker.cutConnections()
        await advance(LEASE_MS + 1)
      },
      restart: async () => {
        await opened.at(-1)?.close()
        return open()
      },
    }
  }
}
