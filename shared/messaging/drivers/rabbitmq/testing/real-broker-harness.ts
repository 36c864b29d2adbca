import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { MessageDriver } from '../../../driver'
import { type DriverHarness, LEASE_MS } from '../../../testing/contract'
import type { Topology } from '../../../topology'
import type { AmqpChannel } from '../amqp'
import { declarationsOf, declareDeadLetterTap } from '../declarations'
import { PhysicalNames } from '../physical-names'
import { createRabbitmqDriver, type RabbitmqDriverOptions } from '../rabbitmq-driver'
import { withBroker } from './real-broker'
import { startTcpProxy } from './tcp-proxy'

/** Begins the names of everything that one test has on the broker. */
export function testPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}.`
}

/** A url with another address in it. */
export function throughProxy(url: string, port: number): string {
  const proxied = new URL(url)
  proxied.hostname = '127.0.0.1'
  proxied.port = String(port)
  return proxied.href
}

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
        connection: { reconnectMinMs: 10, reconnectMaxMs: 100 },
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

/** Whatever a driver with this topology declares. */
export async function deleteAll(channel: AmqpChannel, topology: Topology, namePrefix: string): Promise<void> {
  const names = new PhysicalNames(namePrefix)
  for (const declaration of [...declarationsOf(topology, names), ...declareDeadLetterTap([], names)]) {
    if (declaration.kind === 'queue') await channel.deleteQueue(declaration.name)
    if (declaration.kind === 'exchange') await channel.deleteExchange(declaration.name)
  }
}
