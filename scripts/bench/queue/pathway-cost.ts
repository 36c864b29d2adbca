/** A program of the benchmark: what pathways cost a message in this process, as JSON in a line. */
import { z } from 'zod'
import { createMemoryDriver, createMessageBus } from '#shared/messaging'
import { PathwayRegistry } from '#shared/pathways'
import { encodePathway, type Pathway, readPathway } from '#shared/telemetry'
import { BODY, BODY_BYTES, QUEUE } from './bench-message'

/** Processor time of one message, in nanoseconds. */
export interface PathwayCost {
  readonly header_bytes: number
  /** Writing the header and reading it. */
  readonly header_ns: number
  /** That, and counting the message where it is sent and where it is received. */
  readonly checkpoints_ns: number
  /** The whole way of a message through a bus over memory, that included. */
  readonly bus_ns: number
}

const SENT = { service: 'bench', direction: 'out', queue: QUEUE } as const
const RECEIVED = { service: 'bench', direction: 'in', queue: QUEUE } as const
/** Messages on their way through the bus at a time. */
const IN_FLIGHT = 100

async function measure(messages: number): Promise<PathwayCost> {
  const registry = new PathwayRegistry({ nodesMax: 10 })
  const origin = registry.checkpoint({ ...SENT, service: 'gateway' }, undefined, Date.now()).pathway
  const bus = await startBus()
  // The part comes after the whole, so that it is not measured before it is compiled.
  const checkpoints_ns = await costOf(messages, () => passBoth(registry, origin))
  const cost = {
    header_bytes: encodePathway(origin).length,
    header_ns: await costOf(messages, () => void readPathway(encodePathway(origin), Date.now())),
    checkpoints_ns,
    bus_ns: await costOf(messages / IN_FLIGHT, () => bus.send(IN_FLIGHT)).then((ns) => ns / IN_FLIGHT),
  }
  await bus.close()
  return cost
}

function passBoth(registry: PathwayRegistry, origin: Pathway): void {
  const sent = registry.checkpoint(SENT, origin, Date.now())
  sent.record(BODY_BYTES.byteLength)
  const arrived = readPathway(encodePathway(sent.pathway), Date.now())
  registry.checkpoint(RECEIVED, arrived, Date.now()).record(BODY_BYTES.byteLength)
}

async function startBus() {
  const bus = createMessageBus({ driver: createMemoryDriver({}), retryDelaysMs: [], leaseMs: 30_000 })
  let handled = 0
  let allHandled = () => {}
  await bus.subscribe({
    queue: QUEUE,
    schema: z.object({ text: z.string() }),
    prefetch: IN_FLIGHT,
    handler: async () => {
      handled += 1
      if (handled % IN_FLIGHT === 0) allHandled()
    },
  })
  return {
    async send(count: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      allHandled = resolve
      await Promise.all(Array.from({ length: count }, () => bus.publish({ queue: QUEUE, body: BODY })))
      await promise
    },
    close: () => bus.close(1_000),
  }
}

/** Processor time and not the clock's, because what else runs on the machine is no cost of ours. */
async function costOf(times: number, work: () => void | Promise<void>): Promise<number> {
  await repeat(times / 2, work)
  const before = process.cpuUsage()
  await repeat(times, work)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / times
}

async function repeat(times: number, work: () => void | Promise<void>): Promise<void> {
  for (let count = 0; count < times; count++) {
    const pending = work()
    // Waiting costs a part of a microsecond too.
    if (pending !== undefined) await pending
  }
}

if (require.main === module) {
  void measure(Number(process.argv[2])).then((cost) => process.stdout.write(`${JSON.stringify(cost)}\n`))
}
