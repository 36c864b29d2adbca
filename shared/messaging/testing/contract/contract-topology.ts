import type { QueueDefinition, Topology } from '../../topology'

/** The queue of most tests. */
export const QUEUE = 'contract.jobs'
/** One beside it. */
export const OTHER_QUEUE = 'contract.other'
/** Where `pass` sends its messages. */
export const PASS_QUEUE = 'contract.pass'

/** A delay that a test waits for, also where time is real. */
export const RETRY_DELAY_MS = 250
/** A delay that does not end within a test. */
export const LONG_DELAY_MS = 60_000

/** What every test has, unless it says otherwise. */
export const CONTRACT_TOPOLOGY: Topology = {
  queues: [{ name: QUEUE }, { name: OTHER_QUEUE }, { name: PASS_QUEUE }],
  exchanges: [],
  bindings: [],
  retryDelaysMs: [RETRY_DELAY_MS, LONG_DELAY_MS],
}

/** The same queues, `QUEUE` with `properties`. */
export function withQueue(properties: Omit<QueueDefinition, 'name'>): Pick<Topology, 'queues'> {
  return {
    queues: CONTRACT_TOPOLOGY.queues.map((queue) =>
      queue.name === QUEUE ? { ...queue, ...properties } : queue,
    ),
  }
}
