import { type DomainEvent, domainEventSchema, type EventsPublished, type MeshEvent } from '#shared/contracts'
import { AppError } from '#shared/errors'
import {
  createMeshTopology,
  createRouteEvent,
  type EventRoutingConfig,
  type MessageBus,
  type MessagingConfig,
} from '#shared/messaging'
import type { ServiceStats } from '#shared/monitoring'
import type { GroupCommit, SqliteDatabase } from '#shared/sqlite'
import { activeTraceId, type Logger } from '#shared/telemetry'
import type { Inbox } from '../inbox'
import { createConsumeEvent } from './consume-event'
import { createEventAggregates } from './event-aggregates'
import { createReadEventAnalytics, type ReadEventAnalytics } from './event-analytics'
import { createEventHistory, type EventHistory } from './event-history'
import { createEventOutbox, type OutboxCounts } from './event-outbox'
import { OutboxPublisher } from './outbox-publisher'
import { createRecordDirectly, type RecordDirectly } from './record-directly'

export interface EventsDeps {
  readonly config: MessagingConfig &
    EventRoutingConfig & {
      readonly EVENTS_PREFETCH: number
      readonly EVENT_HISTORY_RETENTION_MS: number
      readonly EVENT_AGGREGATES_RETENTION_MS: number
      readonly EVENT_OUTBOX_RETRY_MS: number
    }
  readonly database: SqliteDatabase
  readonly group: GroupCommit
  readonly inbox: Inbox
  readonly publish: (event: DomainEvent) => Promise<EventsPublished>
  readonly stats: ServiceStats
  readonly logger: Logger
}

/** Everything that the storage service does with domain events. */
export interface Events {
  readonly history: EventHistory
  readonly readAnalytics: ReadEventAnalytics
  readonly recordDirectly: RecordDirectly
  /** Inside a transaction: sees to it that an event of what is stored in it comes to be known. */
  tell(event: MeshEvent, traceId: string | null): void
  /** After that transaction. */
  told(): void
  outboxCounts(): OutboxCounts
  /** Begins to consume from `bus`. */
  subscribe(bus: MessageBus): Promise<void>
  /** Publishes what a predecessor left in the outbox. */
  start(): void
  stop(): Promise<void>
}

export function createEvents(deps: EventsDeps): Events {
  const { config, database, group, inbox, stats, logger } = deps
  const history = createEventHistory(database, { retentionMs: config.EVENT_HISTORY_RETENTION_MS })
  const aggregates = createEventAggregates(database, { retentionMs: config.EVENT_AGGREGATES_RETENTION_MS })
  const effects = [history, aggregates]
  const topology = createMeshTopology(config)
  const route = createRouteEvent(config)
  const recordDirectly = createRecordDirectly({ inbox, effects, route, topology })
  const outbox = createEventOutbox(database, group)

  /** Without events, what was put into the outbox while there were some is recorded as all others are. */
  const record = (event: DomainEvent) => {
    const traceId = activeTraceId() ?? null
    return group.run(() => recordDirectly([event], traceId))
  }
  const publisher = new OutboxPublisher({
    outbox,
    deliver: config.EVENTS ? (event) => publishOnce(deps.publish, event) : record,
    retryMs: config.EVENT_OUTBOX_RETRY_MS,
    stats,
    logger,
  })

  return {
    history,
    readAnalytics: createReadEventAnalytics(database),
    recordDirectly,
    tell: (event, traceId) => {
      if (config.EVENTS) outbox.put(event)
      else recordDirectly([event], traceId)
    },
    told: () => publisher.wake(),
    outboxCounts: outbox.counts,
    async subscribe(bus) {
      const isBound = ({ consumer }: { consumer: string }) =>
        topology.queues.some(({ name }) => name === consumer)
      for (const effect of effects.filter(isBound)) {
        await bus.subscribe({
          queue: effect.consumer,
          schema: domainEventSchema,
          prefetch: config.EVENTS_PREFETCH,
          handler: createConsumeEvent({ database, group, inbox, stats }, effect),
        })
      }
    },
    start: () => publisher.wake(),
    stop: () => publisher.stop(),
  }
}

/** An id that is in use is that of an earlier try, of which no answer came back. */
async function publishOnce(publish: EventsDeps['publish'], event: DomainEvent): Promise<void> {
  try {
    await publish(event)
  } catch (error) {
    if (error instanceof AppError && error.code === 'request-conflict') return
    throw error
  }
}
