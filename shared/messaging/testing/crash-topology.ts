import type { Topology } from '../topology'

export const CRASH_QUEUE = 'crash.jobs'
export const CRASH_COPIES_QUEUE = 'crash.copies'
export const CRASH_EXCHANGE = 'crash.events'

/** What programs that are killed publish to: two queues, each with a copy of everything. */
export const CRASH_TOPOLOGY: Topology = {
  queues: [
    { name: CRASH_QUEUE, lengthMax: 1_000_000 },
    { name: CRASH_COPIES_QUEUE, lengthMax: 1_000_000 },
  ],
  exchanges: [{ name: CRASH_EXCHANGE, type: 'topic' }],
  bindings: [
    { exchange: CRASH_EXCHANGE, pattern: '#', queue: CRASH_QUEUE },
    { exchange: CRASH_EXCHANGE, pattern: '#', queue: CRASH_COPIES_QUEUE },
  ],
  retryDelaysMs: [],
}
