import type { QueueReport } from '#shared/contracts'
import type { ConsumerState, MessageBus } from '#shared/messaging'
import type { HealthReport } from '#shared/monitoring'
import type { Intake } from './enqueue-message'
import type { ReadQueues } from './read-queues'
import type { RemoteWorker } from './workers/worker-registry'

/** Part of its length limit that a queue may reach before the service calls itself degraded. */
const FILL_WARNING = 0.8

export interface CheckQueuesDeps {
  readonly bus: Pick<MessageBus, 'connection' | 'consumers'>
  readonly readQueues: Pick<ReadQueues, 'all'>
  /** Who takes messages of a queue over HTTP. */
  readonly workersOf: (queue: string) => readonly RemoteWorker[]
  readonly intake: Intake
}

/**
 * Unhealthy without its broker; degraded when messages find no room or soon will not, and while a consumer waits
 * for its callee. Dead letters are told but do not make a queue unfit.
 */
export async function checkQueues({
  bus,
  readQueues,
  workersOf,
  intake,
}: CheckQueuesDeps): Promise<HealthReport> {
  const connection = bus.connection()
  if (connection.state === 'disconnected') {
    return { status: 'unhealthy', detail: `the broker is not connected: ${connection.detail}` }
  }
  if (connection.state === 'blocked') {
    return { status: 'degraded', detail: `the broker takes no messages: ${connection.detail}` }
  }
  if (intake.failure !== undefined) {
    return { status: 'degraded', detail: `takes no messages: ${intake.failure}` }
  }
  const queues = await readQueues.all()
  const paused = [
    ...bus
      .consumers()
      .filter(({ circuit }) => circuit !== 'closed')
      .map(describePause),
    ...queues.flatMap(({ name }) => workersOf(name)).flatMap(describeWorker),
  ]
  return {
    status: paused.length > 0 || queues.some(isFilling) ? 'degraded' : 'healthy',
    detail: [...queues.map(describe), ...paused].join('; '),
  }
}

function describeWorker({ worker, queue, paused }: RemoteWorker): string[] {
  if (paused === undefined) return []
  const until = new Date(paused.until).toISOString()
  return [`the worker ${worker} of ${queue} is paused until ${until}: ${paused.reason}`]
}

function describePause({ queue, circuit, pausedUntil, reason }: ConsumerState): string {
  const until = pausedUntil === undefined ? '' : ` until ${new Date(pausedUntil).toISOString()}`
  const state = circuit === 'open' ? `paused${until}` : 'trying one message after a pause'
  return `the consumer of ${queue} is ${state}: ${reason ?? 'no reason is known'}`
}

function isFilling({ ready, delayed, limits }: QueueReport): boolean {
  return ready + (delayed ?? 0) > limits.length_max * FILL_WARNING
}

function describe(queue: QueueReport): string {
  const counts = [
    `${queue.ready} ready`,
    ...(queue.in_flight === null ? [] : [`${queue.in_flight} in flight`]),
    `${queue.dead_letters} dead`,
    ...(isFilling(queue) ? [`filling, ${queue.limits.length_max} may wait`] : []),
  ]
  return `${queue.name}: ${counts.join(', ')}`
}
