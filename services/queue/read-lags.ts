import type { QueueLag } from '#shared/contracts'
import type { ReadQueues } from './read-queues'

/** How far consumers are behind, by queue; null while the broker cannot be asked. */
export async function readLags(readQueues: Pick<ReadQueues, 'all'>): Promise<QueueLag[] | null> {
  const queues = await readQueues.all().catch(() => null)
  if (queues === null) return null
  return queues.map(({ name, ready, delayed, oldest_age_ms, in_flight, dead_letters }) => ({
    name,
    depth: ready + (delayed ?? 0),
    oldest_age_ms,
    in_flight,
    dead_letters,
  }))
}
