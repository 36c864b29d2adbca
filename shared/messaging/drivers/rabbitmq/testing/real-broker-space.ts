import { randomBytes } from 'node:crypto'
import type { Topology } from '../../../topology'
import type { AmqpChannel } from '../amqp'
import { declarationsOf, declareDeadLetterTap } from '../declarations'
import { PhysicalNames } from '../physical-names'

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

/** Whatever a driver with this topology declares. */
export async function deleteAll(channel: AmqpChannel, topology: Topology, namePrefix: string): Promise<void> {
  const names = new PhysicalNames(namePrefix)
  for (const declaration of [...declarationsOf(topology, names), ...declareDeadLetterTap([], names)]) {
    if (declaration.kind === 'queue') await channel.deleteQueue(declaration.name)
    if (declaration.kind === 'exchange') await channel.deleteExchange(declaration.name)
  }
}
