import { setTimeout } from 'node:timers/promises'
import type { MessageDriver } from '../../../driver'
import { type DriverHarness, LEASE_MS } from '../../../testing/contract'
import { createRabbitmqDriver, type RabbitmqDriverOptions } from '../rabbitmq-driver'
import { PATIENCE } from './patience'
import { withBroker } from './real-broker'
import { deleteAll, testPrefix, throughProxy } from './real-broker-space'
import { startTcpProxy } from './tcp-proxy'

/** Runs on a real broker, behind a proxy that can break the connection. Time is real. */
export function realBrokerHarness(url: string, options: Partial<RabbitmqDriverOptions> = {}): DriverHarness {
  return async (t, { topology }) => {
    const { hostname, port } = new URL(url)
    const proxy = await startTcpProxy({ host: hostname, port: Number(port || 5672) })
    const namePrefix = testPrefix()
    const opened: MessageDriver[] = []
    const open = async () => {
      const driver = await createRabbitmqDriver({
        url: throughProxy(url, proxy.port),
        namePrefix,
        topology,
        ...PATIENCE,
        ...options,
      })
      opened.push(driver)
      return driver
    }
    t.after(async () => {
      await Promise.all(opened.map((driver) => driver.close()))
      await proxy.close()
      await withBroker(url, (channel) => deleteAll(channel, topology, namePrefix))
    })
    return {
      driver: await open(),
      advance: (milliseconds) => setTimeout(milliseconds),
      elapsed: () => performance.now(),
      now: () => Date.now(),
      loseHolders: async () => {
        // Acks have no answer; one that comes after them on the same connection tells that they arrived.
        await opened.at(-1)?.stats(topology.queues[0]?.name ?? '')
        proxy.cut()
        await setTimeout(LEASE_MS + 100)
      },
      restart: async () => {
        await opened.at(-1)?.close()
        return open()
      },
    }
  }
}
