import type { BatchObservableResult } from '@opentelemetry/api'
import type { QueueReport } from '#shared/contracts'
import { ATTR, createGauge, METRICS, ownMeter } from '#shared/telemetry'
import type { ReadQueues } from './read-queues'

const MS_PER_SECOND = 1_000

/** Has the queues read whenever metrics are collected. What the broker cannot tell is left out. */
export function observeQueues(readQueues: Pick<ReadQueues, 'all'>): void {
  const depth = createGauge(METRICS.QUEUE_DEPTH)
  const oldestAge = createGauge(METRICS.QUEUE_OLDEST_AGE)
  const inFlight = createGauge(METRICS.QUEUE_IN_FLIGHT)
  const deadLetters = createGauge(METRICS.QUEUE_DEAD_LETTERS)

  const observe = (result: BatchObservableResult, queue: QueueReport) => {
    const name = { [ATTR.MESSAGING_DESTINATION_NAME]: queue.name }
    result.observe(depth, queue.ready, { ...name, [ATTR.QUEUE_STATE]: 'ready' })
    if (queue.delayed !== null)
      result.observe(depth, queue.delayed, { ...name, [ATTR.QUEUE_STATE]: 'delayed' })
    result.observe(oldestAge, (queue.oldest_age_ms ?? 0) / MS_PER_SECOND, name)
    if (queue.in_flight !== null) result.observe(inFlight, queue.in_flight, name)
    result.observe(deadLetters, queue.dead_letters, name)
  }

  ownMeter().addBatchObservableCallback(
    async (result) => {
      // While the broker is away there is nothing to tell, and health says so.
      const queues = await readQueues.all().catch(() => [])
      for (const queue of queues) observe(result, queue)
    },
    [depth, oldestAge, inFlight, deadLetters],
  )
}
