import { packageVersion, SERVICES, textLimits } from '#shared/config'
import { createAnswerOnce, createRemoteIdempotencyStore } from '#shared/idempotency'
import { createProcessChecks, runHealthChecks, worstOf } from '#shared/monitoring'
import type { ServiceApp, ServiceDeps } from '#shared/service'
import { createAcceptChatRequest } from './accept-chat-request'
import { createAnswerChatRequest } from './answer-chat-request'
import { createCheckDownstream } from './check-downstream'
import { createCollectPathways } from './collect-pathways'
import { createCollectStats } from './collect-stats'
import type { Config } from './config'
import { docsRoutes } from './docs-routes'
import { createDownstream, createWaitingStorage, DOWNSTREAM_KEYS } from './downstream'
import { createGenerateQuery } from './generate-query'
import { createOpenApiDocument } from './openapi'
import { createReadConversation } from './read-conversation'
import { createRequestReader } from './request-reader'
import { gatewayRoutes } from './routes'
import { createSubmitFeedback } from './submit-feedback'

export function createApp(deps: ServiceDeps<Config>): ServiceApp {
  const { config, logger, stats, stopping, shutdown } = deps
  const downstream = createDownstream(config, shutdown)
  const waitingStorage = createWaitingStorage(config, shutdown)
  const checkDownstream = createCheckDownstream(downstream, config.HEALTH_TIMEOUT_MS)
  const ownChecks = createProcessChecks(config.EVENT_LOOP_DELAY_MAX_MS)
  const startedAt = Date.now()
  const identity = () => ({
    service: SERVICES.gateway.serviceName,
    version: packageVersion(),
    uptime_s: (Date.now() - startedAt) / 1_000,
    timestamp: new Date().toISOString(),
  })

  const generateQuery = createGenerateQuery({ config, downstream, stats, logger })
  const useCases = {
    generateQuery,
    acceptChatRequest: createAcceptChatRequest({ config, downstream, stats, logger }),
    answerChatRequest: createAnswerChatRequest({ config, downstream, generateQuery }),
    answerOnce: createAnswerOnce({ store: createRemoteIdempotencyStore(downstream.storage), logger }),
    requests: createRequestReader({
      storage: downstream.storage,
      waitingStorage,
      queue: downstream.queue,
      serviceTimeoutMs: config.SERVICE_TIMEOUT_MS,
      logger,
    }),
    readConversation: createReadConversation(downstream),
    submitFeedback: createSubmitFeedback({ downstream, stats }),
    collectStats: createCollectStats(downstream),
    collectPathways: createCollectPathways(downstream, config.HEALTH_TIMEOUT_MS),
    reportStats: () => ({ ...identity(), ...stats.snapshot() }),
    reportHealth: async () => {
      const [own, behind] = await Promise.all([
        runHealthChecks(ownChecks, config.HEALTH_TIMEOUT_MS),
        checkDownstream(),
      ])
      return {
        ...identity(),
        ...own,
        ...behind,
        status: worstOf([own.status, behind.status]),
        stats: stats.snapshot(),
      }
    },
  }

  const limits = { ...textLimits(config), timeoutMaxMs: config.CHAT_TIMEOUT_MAX_MS }
  const routes = gatewayRoutes(useCases, {
    ...limits,
    longPollMaxMs: config.LONG_POLL_MAX_MS,
    longPollsMax: config.LONG_POLLS_MAX,
    streamsMax: config.SSE_STREAMS_MAX,
    streamDurationMaxMs: config.SSE_DURATION_MAX_MS,
    heartbeatMs: config.SSE_HEARTBEAT_MS,
    retryMs: config.SSE_RETRY_MS,
    stopping,
  })
  routes.use(docsRoutes(createOpenApiDocument(limits, packageVersion())))

  return {
    routes,
    stop() {
      for (const key of DOWNSTREAM_KEYS) downstream[key].close()
      waitingStorage.close()
    },
  }
}
