import { EVENTS_EXCHANGE } from '#shared/contracts'
import { createMemoryDriver, createMessageBus, createRouteEvent } from '#shared/messaging'
import { createServiceStats } from '#shared/monitoring'
import { createPublishEach, type PublishEachDeps } from '../publish-each'

/** A bus in memory with the exchange of the events, and the queues that are bound to it by these patterns. */
export function anEventBus(
  patterns: Readonly<Record<string, string>> = { 'events.storage': '#', 'events.analytics': '#' },
  routing: Partial<Parameters<typeof createRouteEvent>[0]> = {},
) {
  const driver = createMemoryDriver({
    queueLengthMax: 10,
    topology: {
      queues: Object.keys(patterns).map((name) => ({ name })),
      exchanges: [{ name: EVENTS_EXCHANGE, type: 'topic' }],
      bindings: Object.entries(patterns).map(([queue, pattern]) => ({
        exchange: EVENTS_EXCHANGE,
        pattern,
        queue,
      })),
      retryDelaysMs: [],
    },
  })
  const bus = createMessageBus({ driver, retryDelaysMs: [], leaseMs: 1_000 })
  const stats = createServiceStats()
  const logger = { warn: () => {} } as unknown as PublishEachDeps['logger']
  const route = createRouteEvent({
    EVENT_ROUTING_KEY: '{event_type}',
    EVENT_FILTER: { include: [], exclude: [] },
    ...routing,
  })
  const publishEach = createPublishEach({ bus, route, stats, logger })
  return { bus, stats, logger, publishEach, close: () => bus.close(100) }
}
