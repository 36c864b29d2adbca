import path from 'node:path'
import { textLimits } from '#shared/config'
import {
  CHAT_RESPONSES_QUEUE,
  chatResponseSchema,
  EVENTS_EXCHANGE,
  eventsPublishedSchema,
  hasNewEvents,
} from '#shared/contracts'
import { createServiceClient } from '#shared/http'
import { openIdempotencyStore } from '#shared/idempotency'
import { handOver } from '#shared/pathways'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { GroupCommit, openDatabase } from '#shared/sqlite'
import { createReadAnalytics } from './analytics'
import { createBeginChatTurn } from './begin-chat-turn'
import { createChangeSignal } from './change-signal'
import { createChatStore } from './chat-store'
import type { Config } from './config'
import { createEvents } from './events/create-events'
import { createFeedbackStore } from './feedback-store'
import { createInbox } from './inbox'
import { migrations } from './migrations'
import { createCheckBus, openBus } from './open-bus'
import { createReadConversation } from './read-conversation'
import { createReadProgress } from './read-progress'
import { createRegisterChatTurn } from './register-chat-turn'
import { createRequestStore } from './request-store'
import { storageRoutes } from './routes'
import { createStoreChatResponse } from './store-chat-response'
import { createStoreFeedback } from './store-feedback'
import { createStoreProcessingData } from './store-processing-data'

export async function createApp(deps: ServiceDeps<Config>): Promise<ServiceApp> {
  const { config, logger, stats, stopping, shutdown } = deps
  const database = openDatabase({ path: path.join(config.DATA_DIR, 'storage.db'), migrations })
  const group = new GroupCommit(database, { batchMax: config.DATABASE_BATCH_MAX })
  const requests = createRequestStore(database, group, { retentionMs: config.REQUEST_RETENTION_MS })
  const feedback = createFeedbackStore(database, group, { retentionMs: config.FEEDBACK_RETENTION_MS })
  const queue = createServiceClient('queue', { config, timeoutMs: config.SERVICE_TIMEOUT_MS, shutdown })
  const inbox = createInbox(database, { retentionMs: config.INBOX_RETENTION_MS })
  const bus = await openBus(config, logger)
  const events = createEvents({
    config,
    database,
    group,
    inbox,
    publish: (event) =>
      handOver({ queue: EVENTS_EXCHANGE, payload: event, isNew: hasNewEvents }, () =>
        queue.post('/events', event, { schema: eventsPublishedSchema, idempotent: true }),
      ),
    stats,
    logger,
  })
  const chats = createChatStore(database, group, { retentionMs: config.CHAT_RETENTION_MS })
  const changes = createChangeSignal({ waitsMax: config.STORAGE_WAITS_MAX })
  const idempotency = openIdempotencyStore({ dataDir: config.DATA_DIR, owner: 'storage', config })

  return {
    routes: storageRoutes(
      {
        storeProcessingData: createStoreProcessingData({
          requests,
          recordDirectly: events.recordDirectly,
          changes,
          stats,
        }),
        storeFeedback: createStoreFeedback({
          feedback,
          requests,
          stats,
          tell: events.tell,
          told: events.told,
        }),
        readAnalytics: createReadAnalytics(database, events.readAnalytics),
        history: events.history,
        requests,
        registerChatTurn: createRegisterChatTurn({ chats, changes, stats }),
        beginChatTurn: createBeginChatTurn({ chats, changes }),
        readProgress: createReadProgress({ chats, requests, changes }),
        readConversation: createReadConversation({ chats, requests }),
        idempotency,
      },
      {
        ...textLimits(config),
        pageMax: config.HISTORY_PAGE_MAX,
        waitMaxMs: config.STORAGE_WAIT_MAX_MS,
        stopping,
      },
    ),
    healthChecks: [
      {
        name: 'database',
        check: () => {
          const failure = group.failure ?? idempotency.failure
          return failure === undefined
            ? { status: 'healthy', detail: `${requests.count()} requests in ${database.namespace}` }
            : { status: 'degraded', detail: `cannot write: ${failure.message}` }
        },
      },
      { name: 'messages', check: createCheckBus(bus) },
    ],
    stats: () => ({
      consumers: bus.consumers(),
      requests_stored: requests.count(),
      feedback: feedback.summarise(),
      event_outbox: events.outboxCounts(),
    }),
    async start() {
      await events.subscribe(bus)
      await bus.subscribe({
        queue: CHAT_RESPONSES_QUEUE,
        schema: chatResponseSchema,
        prefetch: config.CHAT_RESPONSES_PREFETCH,
        handler: createStoreChatResponse({ chats, changes, inbox, stats }),
      })
      events.start()
    },
    async stop(timeoutMs) {
      await Promise.all([events.stop(), bus.close(timeoutMs)])
      queue.close()
      await Promise.all([group.close(), idempotency.close()])
      database.close()
    },
  }
}
