import type { TestContext } from 'node:test'
import { loadConfig } from '#shared/config'
import { type DomainEvent, EVENTS_EXCHANGE, type EventsPublished } from '#shared/contracts'
import {
  createMemoryDriver,
  createMeshTopology,
  createMessageBus,
  createRouteEvent,
  type MessageBus,
} from '#shared/messaging'
import { createServiceStats } from '#shared/monitoring'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import type { Logger } from '#shared/telemetry'
import { configSchema } from '../../config'
import { createInbox } from '../../inbox'
import { migrations } from '../../migrations'
import { createEvents } from '../create-events'

export interface EventStoreOptions {
  readonly env?: Readonly<Record<string, string>>
  /** File of the database, to open it again; in memory unless given. */
  readonly path?: string
  /** Stands in for the queue service. */
  readonly publish?: (event: DomainEvent, bus: MessageBus) => Promise<void>
}

/** The storage service's part in domain events, on a bus in memory, with `POST /events` made a call of that bus. */
export function anEventStore(t: TestContext, options: EventStoreOptions = {}) {
  const config = loadConfig(configSchema, { RETRY_DELAYS_MS: '1,1', ...options.env })
  const database = openDatabase({ path: options.path ?? ':memory:', migrations })
  const group = new GroupCommit(database)
  const stats = createServiceStats()
  const logger = { warn() {}, error() {} } as unknown as Logger
  const bus = createMessageBus({
    driver: createMemoryDriver({ topology: createMeshTopology(config) }),
    retryDelaysMs: config.RETRY_DELAYS_MS,
    leaseMs: 10_000,
  })
  const route = createRouteEvent(config)

  /** As the queue service does; under a message id of its own when that is to hide that it is sent again. */
  const publish = async (event: DomainEvent, messageId: string = event.event_id): Promise<void> => {
    const routingKey = route(event)
    if (routingKey === undefined) return
    await bus.publish({ exchange: EVENTS_EXCHANGE, routingKey, id: messageId, body: event })
  }
  const inbox = createInbox(database, { retentionMs: config.INBOX_RETENTION_MS })
  const events = createEvents({
    config,
    database,
    group,
    inbox,
    publish: async (event) => {
      await (options.publish?.(event, bus) ?? publish(event))
      return {} as EventsPublished
    },
    stats,
    logger,
  })
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    await events.stop()
    await bus.close(1_000)
    await group.close()
    database.close()
  }
  t.after(close)

  /** Resolves when every message that was published is done. */
  const settled = async () => {
    for (const queue of await bus.queues()) {
      let stats = await bus.queueStats(queue)
      while (stats.ready + (stats.delayed ?? 0) + (stats.inFlight ?? 0) > 0) {
        await new Promise((resolve) => setImmediate(resolve))
        stats = await bus.queueStats(queue)
      }
    }
  }

  const rowsOf = (table: string, order: string): Record<string, unknown>[] =>
    database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY ${order}`).all()

  return {
    ...events,
    async start() {
      await events.subscribe(bus)
      events.start()
    },
    bus,
    database,
    group,
    inbox,
    stats,
    publish,
    settled,
    close,
    /** The history but for when it was written, and in which order. */
    history: () => rowsOf('event_history', 'event_id').map(({ recorded_at: _, sequence: __, ...row }) => row),
    /** The aggregates but for when they were begun. */
    aggregates: () =>
      rowsOf('event_aggregates', 'hour, event_type, service, intent, engine').map(
        ({ begun_at: _, ...row }) => row,
      ),
  }
}
