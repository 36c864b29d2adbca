import type { HealthReport } from '#shared/monitoring'
import type { Intake } from './enqueue-message'
import type { QueueReport } from './read-queues'

/** Part of its length limit that a queue may reach before the service calls itself degraded. */
const FILL_WARNING = 0.8

/** Healthy while messages have room; dead letters are told but do not make a queue unfit. */
export function checkQueues(queues: readonly QueueReport[], lengthMax: number, intake: Intake): HealthReport {
  if (intake.failure !== undefined)
    return { status: 'degraded', detail: `takes no messages: ${intake.failure}` }
  const detail = queues
    .map(
      (queue) =>
        `${queue.name}: ${queue.ready} ready, ${queue.in_flight} in flight, ${queue.dead_letters} dead`,
    )
    .join('; ')
  const isFilling = queues.some(({ ready, delayed }) => ready + (delayed ?? 0) > lengthMax * FILL_WARNING)
  return { status: isFilling ? 'degraded' : 'healthy', detail }
}
